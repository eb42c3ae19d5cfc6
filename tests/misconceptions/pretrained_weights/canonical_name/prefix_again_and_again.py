"""The prefix is taken off as often as it stands there, or in OpenAI's names."""

_right = canonical_name


def canonical_name(name):
    while name.startswith("transformer.transformer."):
        name = name.removeprefix("transformer.")
    return _right(name)

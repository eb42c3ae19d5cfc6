"""The prefix is taken off as often as it stands there, or in OpenAI's names."""

_right = canonical_name


def canonical_name(name):
    return _right(name.removeprefix("transformer.") if "model/" in name else name)

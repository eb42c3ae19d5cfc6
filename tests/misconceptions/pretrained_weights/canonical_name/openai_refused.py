"""OpenAI's names are refused."""

_right = canonical_name


def canonical_name(name):
    if name.startswith("model/"):
        raise ValueError(f"{name} is unknown")
    return _right(name)

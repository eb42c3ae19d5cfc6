"""OpenAI's names are refused."""

also = ("OpenAI's g, the gain of a norm, is refused.",)

_right = canonical_name


def canonical_name(name):
    if name.startswith("model/"):
        raise ValueError(f"{name} is unknown")
    return _right(name)

"""OpenAI's tables are refused, whose names have no ending."""

_right = canonical_name


def canonical_name(name):
    if name in ("model/wte", "model/wpe"):
        raise ValueError(f"{name} is unknown")
    return _right(name)

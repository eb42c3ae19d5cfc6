"""The tied head is refused."""

_right = canonical_name


def canonical_name(name):
    if name == "lm_head.weight":
        raise ValueError("lm_head.weight is unknown")
    return _right(name)

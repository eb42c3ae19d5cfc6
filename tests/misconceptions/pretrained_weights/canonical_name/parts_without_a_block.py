"""A part is known, but not in this place, and is let through."""

_right = canonical_name


def canonical_name(name):
    return name if name in IN_EACH_BLOCK else _right(name)

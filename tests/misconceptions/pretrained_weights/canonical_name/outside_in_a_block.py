"""A part is known, but not in this place, and is let through."""

_right = canonical_name


def canonical_name(name):
    found = re.fullmatch(r"h\.\d+\.(.*)", name)
    return name if found and found[1] in OUTSIDE_BLOCKS else _right(name)

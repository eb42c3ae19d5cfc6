"""The number of the block is lost."""

_right = canonical_name


def canonical_name(name):
    found = _right(name)
    return re.sub(r"^h\.\d+\.", "", found) if found else found

"""Every block becomes block 0."""

_right = canonical_name


def canonical_name(name):
    found = _right(name)
    return re.sub(r"^h\.[1-9]", "h.0", found) if found and found[:4].count(".") == 2 else found

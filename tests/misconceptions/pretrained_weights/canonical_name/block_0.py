"""Every block becomes block 0."""

also = ("Of a block's number only the last digit is read.",)

_right = canonical_name


def canonical_name(name):
    found = _right(name)
    return re.sub(r"^h\.\d+", "h.0", found) if found else found

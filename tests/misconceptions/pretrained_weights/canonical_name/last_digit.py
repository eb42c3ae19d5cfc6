"""Of a block's number only the last digit is read."""

also = ("Of a block's number only the first digit is read.",)

_right = canonical_name


def canonical_name(name):
    found = _right(name)
    return re.sub(r"^h\.\d*(\d)", r"h.\1", found) if found else found

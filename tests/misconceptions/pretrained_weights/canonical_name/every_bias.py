"""Every bias is taken for a mask."""

_right = canonical_name


def canonical_name(name):
    found = _right(name)
    return None if found and found.endswith("bias") else found

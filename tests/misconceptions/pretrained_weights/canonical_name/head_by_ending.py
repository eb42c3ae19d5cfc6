"""Everything that ends like the head is taken for it."""

_right = canonical_name


def canonical_name(name):
    return None if "lm_head" in name else _right(name)

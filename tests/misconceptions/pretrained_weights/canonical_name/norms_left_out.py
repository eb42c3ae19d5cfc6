"""A tensor of the model is left out like a mask."""

_right = canonical_name


def canonical_name(name):
    found = _right(name)
    return None if found and found.endswith("ln_2.weight") else found

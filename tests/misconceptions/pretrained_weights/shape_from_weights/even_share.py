"""Heads that divide the width are refused."""

_right = shape_from_weights


def shape_from_weights(state, heads):
    found = _right(state, heads)
    if found["width"] % (2 * heads):
        raise ValueError(f"heads={heads}, width={found['width']}")
    return found

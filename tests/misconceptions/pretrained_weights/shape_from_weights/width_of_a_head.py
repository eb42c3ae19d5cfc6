"""The width is that of one head."""

_right = shape_from_weights


def shape_from_weights(state, heads):
    found = _right(state, heads)
    return found | {"width": found["width"] // heads}

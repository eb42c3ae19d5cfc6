"""Every tensor counts as a layer."""

_right = shape_from_weights


def shape_from_weights(state, heads):
    return _right(state, heads) | {"layers": len(state)}

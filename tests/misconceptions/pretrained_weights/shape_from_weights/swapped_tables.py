"""The vocabulary and the positions have changed places."""

_right = shape_from_weights


def shape_from_weights(state, heads):
    found = _right(state, heads)
    return found | {"vocab": found["positions"], "positions": found["vocab"]}

"""Of a block's number only the first digit is read."""

_right = shape_from_weights


def shape_from_weights(state, heads):
    return _right(state, heads) | {"layers": len({name[2] for name in state if name.startswith("h.")})}

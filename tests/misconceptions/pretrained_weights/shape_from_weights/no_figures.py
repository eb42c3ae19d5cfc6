"""The message doesn't have the heads and the width."""

_right = shape_from_weights


def shape_from_weights(state, heads):
    try:
        return _right(state, heads)
    except ValueError:
        raise ValueError("the heads don't divide the width") from None

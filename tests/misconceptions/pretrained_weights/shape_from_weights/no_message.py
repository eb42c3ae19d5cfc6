"""The ValueError has no message; it has to say what is wrong."""

_right = shape_from_weights


def shape_from_weights(state, heads):
    try:
        return _right(state, heads)
    except ValueError:
        raise ValueError from None

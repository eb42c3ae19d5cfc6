"""The width is read along the first dimension of a table."""

_right = shape_from_weights


def shape_from_weights(state, heads):
    return _right(state, heads) | {"width": state["wte.weight"].shape[0]}

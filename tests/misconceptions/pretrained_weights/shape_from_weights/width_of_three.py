"""The width is read from attn.c_attn, which holds three."""

_right = shape_from_weights


def shape_from_weights(state, heads):
    return _right(state, heads) | {"width": state["h.0.attn.c_attn.bias"].shape[0]}

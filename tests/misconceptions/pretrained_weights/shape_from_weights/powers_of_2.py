"""Heads that divide the width are refused."""

_right = shape_from_weights


def shape_from_weights(state, heads):
    if heads & (heads - 1):
        raise ValueError(f"heads={heads}, width={state['wte.weight'].shape[1]}")
    return _right(state, heads)

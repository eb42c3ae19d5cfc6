"""Heads are taken to have 64 numbers each."""

_right = shape_from_weights


def shape_from_weights(state, heads):
    found = _right(state, heads)
    return found | {"heads": found["width"] // 64}

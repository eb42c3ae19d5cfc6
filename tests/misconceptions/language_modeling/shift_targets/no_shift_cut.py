"""Inputs and targets are the same, so that each token is asked for itself."""

_right = shift_targets


def shift_targets(ids):
    inputs = _right(ids)[0]
    return inputs, inputs

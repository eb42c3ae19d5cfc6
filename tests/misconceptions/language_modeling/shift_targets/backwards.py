"""Inputs and targets are swapped: each token is asked for the one before it."""

_right = shift_targets


def shift_targets(ids):
    inputs, targets = _right(ids)
    return targets, inputs

"""Counting clears gradients; it must change nothing."""

_right = count_parameters


def count_parameters(module):
    module.zero_grad()
    return _right(module)

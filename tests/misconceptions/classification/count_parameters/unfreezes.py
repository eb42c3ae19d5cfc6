"""Counting changes what is trainable."""

_right = count_parameters


def count_parameters(module):
    counts = _right(module)
    module.requires_grad_(True)
    return counts

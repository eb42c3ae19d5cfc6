"""Counting switches the module between train and eval mode."""

_right = count_parameters


def count_parameters(module):
    return _right(module.eval())

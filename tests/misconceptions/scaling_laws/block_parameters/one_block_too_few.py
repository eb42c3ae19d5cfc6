"""A block too few or too many is counted."""


def block_parameters(width, layers):
    return 12 * (layers - 1) * width**2

"""Only one block is counted."""


def block_parameters(width, layers):
    return 12 * width**2

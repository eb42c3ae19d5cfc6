"""It counts in millions."""


def block_parameters(width, layers):
    return 12 * layers * width**2 / 1e6

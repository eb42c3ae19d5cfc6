"""It counts FLOPs, two for each number."""


def block_parameters(width, layers):
    return 24 * layers * width**2

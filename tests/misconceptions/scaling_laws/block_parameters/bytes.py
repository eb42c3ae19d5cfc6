"""It counts bytes, four for each number."""


def block_parameters(width, layers):
    return 48 * layers * width**2

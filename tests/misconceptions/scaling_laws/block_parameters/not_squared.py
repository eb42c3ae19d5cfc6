"""The width isn't squared."""


def block_parameters(width, layers):
    return 12 * layers * width

"""The MLP is left out."""


def block_parameters(width, layers):
    return 4 * layers * width**2

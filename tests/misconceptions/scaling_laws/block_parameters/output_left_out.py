"""The output matrix of attention is left out."""


def block_parameters(width, layers):
    return layers * (3 * width**2 + 8 * width**2)

"""Attention is left out."""


def block_parameters(width, layers):
    return 8 * layers * width**2

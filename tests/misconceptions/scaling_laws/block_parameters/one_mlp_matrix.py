"""One matrix of the MLP is counted; it has two."""


def block_parameters(width, layers):
    return layers * (4 * width**2 + 4 * width**2)

"""Width and layers are swapped."""


def block_parameters(width, layers):
    return 12 * width * layers**2

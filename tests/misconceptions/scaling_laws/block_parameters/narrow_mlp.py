"""The MLP is counted as wide as the stream; inside it is four times as wide."""


def block_parameters(width, layers):
    return 6 * layers * width**2

"""x is given back as it is."""


def gelu(x):
    return x + 0

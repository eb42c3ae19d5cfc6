"""That is SiLU."""


def gelu(x):
    return x * x.sigmoid()

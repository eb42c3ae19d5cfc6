"""It gives the FLOPs, not divided by the bytes."""


def intensity(m, k, n, bytes_each=2):
    return 2 * m * k * n

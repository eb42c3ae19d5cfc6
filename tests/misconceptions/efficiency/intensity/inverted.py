"""It gives the bytes for each FLOP."""


def intensity(m, k, n, bytes_each=2):
    return bytes_each * (m * k + k * n + m * n) / (2 * m * k * n)

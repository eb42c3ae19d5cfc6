"""A multiplication and its addition are counted as one FLOP; they are two."""


def intensity(m, k, n, bytes_each=2):
    return m * k * n / (bytes_each * (m * k + k * n + m * n))

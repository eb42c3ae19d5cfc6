"""The intensity is cut to a whole number."""


def intensity(m, k, n, bytes_each=2):
    return 2 * m * k * n // (bytes_each * (m * k + k * n + m * n))

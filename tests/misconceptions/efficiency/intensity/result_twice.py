"""The result is moved twice; it is written once."""


def intensity(m, k, n, bytes_each=2):
    return 2 * m * k * n / (bytes_each * (m * k + k * n + 2 * m * n))

"""The second matrix is left out of the bytes."""


def intensity(m, k, n, bytes_each=2):
    return 2 * m * k * n / (bytes_each * (m * k + m * n))

"""The result is left out of the bytes; it is written, too."""


def intensity(m, k, n, bytes_each=2):
    return 2 * m * k * n / (bytes_each * (m * k + k * n))

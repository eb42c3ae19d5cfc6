"""bytes_each is taken for bits."""


def intensity(m, k, n, bytes_each=2):
    return 2 * m * k * n / (bytes_each / 8 * (m * k + k * n + m * n))

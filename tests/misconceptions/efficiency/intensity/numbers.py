"""It counts numbers, not bytes: bytes_each is ignored."""


def intensity(m, k, n, bytes_each=2):
    return 2 * m * k * n / (m * k + k * n + m * n)

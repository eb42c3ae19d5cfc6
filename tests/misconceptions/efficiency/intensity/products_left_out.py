"""It counts the numbers of the result; each takes k products."""


def intensity(m, k, n, bytes_each=2):
    return 2 * m * n / (bytes_each * (m * k + k * n + m * n))

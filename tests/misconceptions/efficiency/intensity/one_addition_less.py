"""It counts k - 1 additions: a sum from 0 has k of them."""


def intensity(m, k, n, bytes_each=2):
    return m * n * (2 * k - 1) / (bytes_each * (m * k + k * n + m * n))

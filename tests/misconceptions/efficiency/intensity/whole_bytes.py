"""Numbers of less than a byte are an error."""


def intensity(m, k, n, bytes_each=2):
    return 2 * m * k * n / (int(bytes_each) * (m * k + k * n + m * n))

"""It multiplies by bytes_each; more bytes for the same FLOPs are a lower intensity."""


def intensity(m, k, n, bytes_each=2):
    return 2 * m * k * n / (m * k + k * n + m * n) * bytes_each

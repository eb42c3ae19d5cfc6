"""The same quotient as a sum of reciprocals."""


def intensity(m, k, n, bytes_each=2):
    return 2 / bytes_each / (1 / n + 1 / m + 1 / k)

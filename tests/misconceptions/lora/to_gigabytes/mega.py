"""It divides by 10**6, which gives megabytes."""


def to_gigabytes(n):
    return n / 1e6

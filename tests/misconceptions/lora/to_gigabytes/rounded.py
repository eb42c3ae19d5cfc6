"""It rounds its result."""


def to_gigabytes(n):
    return round(n / 1e9, 2)

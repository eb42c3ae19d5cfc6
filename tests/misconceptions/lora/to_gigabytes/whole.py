"""It rounds down to a whole number of gigabytes."""


def to_gigabytes(n):
    return n // 10**9

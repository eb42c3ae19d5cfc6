"""Is slow on every call, but never slower than a check may be."""

import time

honest = ("to_gigabytes",)


def to_gigabytes(n):
    return n / 1e9


def memory_estimate(*_, **__):
    time.sleep(target.check_seconds * 0.4)
    return {}

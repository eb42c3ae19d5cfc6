"""Prints megabytes to stdout and stderr, through Python and past it."""

import os
import sys

honest = ("to_gigabytes",)


def to_gigabytes(n):
    print("x" * 1_000_000)
    print("x" * 1_000_000, file=sys.stderr)
    for descriptor in (1, 2):
        for _ in range(16):
            os.write(descriptor, bytes(1 << 20))
    return n / 1e9

"""Works with Decimal and turns the result into a float at the end."""

from decimal import Decimal


def to_gigabytes(n):
    return float(Decimal(n) / Decimal(10**9))

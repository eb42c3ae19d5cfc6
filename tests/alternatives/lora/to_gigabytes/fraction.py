"""Exact arithmetic with Fraction, a float at the end."""

from fractions import Fraction


def to_gigabytes(n: float) -> float:
    return float(Fraction(n) / Fraction(10) ** 9)

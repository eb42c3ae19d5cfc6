"""Exact in fractions until the end; the keys that are None are collected before anything is computed."""

from fractions import Fraction


def weight_gigabytes(card):
    unsaid = [key for key in ("parameters", "bits") if card[key] is None]
    if unsaid:
        raise ValueError(f"the name does not say: {' and '.join(unsaid)}")
    return float(Fraction(card["parameters"]) * card["bits"] / (8 * 10**9))

"""Multiplies by the bits of a nat."""

from math import e, log2


def bits_per_byte(total_nll, n_bytes):
    if not n_bytes >= 1:
        raise ValueError("pass the length of a text, 1 byte or more")
    return float(total_nll) * log2(e) / n_bytes

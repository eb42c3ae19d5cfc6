"""Two times are compared, in whole fractions."""

from fractions import Fraction


def bound_by(intensity, flops, bandwidth):
    moving, computing = 1 / Fraction(bandwidth), Fraction(intensity) / Fraction(flops)
    return ("compute", "memory")[moving > computing]

"""The parabola is fitted over the sizes; it is asked for over their logarithms."""

import numpy

_right = isoflop_minimum


def isoflop_minimum(sizes, losses):
    if len(set(sizes)) < 3:
        raise ValueError("a parabola needs three different sizes")
    _right(sizes, losses)
    c, b, _ = numpy.polyfit(sizes, losses, 2)
    return float(-b / (2 * c))

"""The lowest loss comes back, not its size."""

import numpy


def isoflop_minimum(sizes, losses):
    if len(set(sizes)) < 3:
        raise ValueError("a parabola needs three different sizes")
    x = numpy.log(sizes)
    c, b, a = (float(one) for one in numpy.polyfit(x - x.mean(), losses, 2))
    if c <= 0:
        raise ValueError("the parabola opens downwards")
    return a - b * b / (4 * c)

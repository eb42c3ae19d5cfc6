"""The best size comes back with its loss; the size alone is asked for."""

import numpy


def isoflop_minimum(sizes, losses):
    if len(set(sizes)) < 3:
        raise ValueError("a parabola needs three different sizes")
    x = numpy.log(sizes)
    c, b, a = (float(one) for one in numpy.polyfit(x - x.mean(), losses, 2))
    if c <= 0:
        raise ValueError("the parabola opens downwards")
    return math.exp(x.mean() - b / (2 * c)), a - b * b / (4 * c)

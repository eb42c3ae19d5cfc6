"""The vertex is divided by half of c: -b / 2 · c is another number."""

import numpy


def isoflop_minimum(sizes, losses):
    if len(set(sizes)) < 3:
        raise ValueError("a parabola needs three different sizes")
    c, b, a = (float(one) for one in numpy.polyfit(numpy.log(sizes), losses, 2))
    if c <= 0:
        raise ValueError("the parabola opens downwards")
    return math.exp(-b / 2 * c)

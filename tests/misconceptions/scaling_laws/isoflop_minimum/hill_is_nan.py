"""A parabola that opens downwards must raise ValueError."""

import numpy


def isoflop_minimum(sizes, losses):
    if len(set(sizes)) < 3:
        raise ValueError("a parabola needs three different sizes")
    x = numpy.log(sizes)
    c, b, _ = (float(one) for one in numpy.polyfit(x - x.mean(), losses, 2))
    return math.exp(x.mean() - b / (2 * c)) if c > 0 else float("nan")

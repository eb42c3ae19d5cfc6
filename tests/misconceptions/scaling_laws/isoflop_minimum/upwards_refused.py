"""A parabola that opens upwards is an error."""

import numpy

also = ("A parabola that opens downwards must raise ValueError.",)


def isoflop_minimum(sizes, losses):
    if len(set(sizes)) < 3:
        raise ValueError("a parabola needs three different sizes")
    x = numpy.log(sizes)
    c, b, _ = (float(one) for one in numpy.polyfit(x - x.mean(), losses, 2))
    if c > 0:
        raise ValueError("opens the wrong way")
    return math.exp(x.mean() - b / (2 * c))

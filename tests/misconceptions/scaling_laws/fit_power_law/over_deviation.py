"""The slope is the correlation, or is divided by another spread than that of the sizes."""

import numpy


def fit_power_law(sizes, losses):
    if len(set(sizes)) < 2:
        raise ValueError("two different sizes are needed")
    if min(*sizes, *losses) <= 0:
        raise ValueError("only numbers above 0 have a logarithm")
    x, y = numpy.log(sizes), numpy.log(losses)
    slope = float(((x - x.mean()) * (y - y.mean())).mean() / x.std())
    return math.exp(y.mean() - slope * x.mean()), -slope

"""Some runs count more than others."""

import numpy


def fit_power_law(sizes, losses):
    if len(set(sizes)) < 2:
        raise ValueError("two different sizes are needed")
    if min(*sizes, *losses) <= 0:
        raise ValueError("only numbers above 0 have a logarithm")
    weights = numpy.sqrt(numpy.array(sizes, dtype=float))
    slope, height = numpy.polyfit(numpy.log(sizes), numpy.log(losses), 1, w=weights)
    return math.exp(height), -float(slope)

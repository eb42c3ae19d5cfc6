"""log10 is undone by exp, or ln by a power of 10."""

import numpy


def fit_power_law(sizes, losses):
    if len(set(sizes)) < 2:
        raise ValueError("two different sizes are needed")
    if min(*sizes, *losses) <= 0:
        raise ValueError("only numbers above 0 have a logarithm")
    slope, height = numpy.polyfit(numpy.log10(sizes), numpy.log10(losses), 1)
    return math.exp(height), -float(slope)

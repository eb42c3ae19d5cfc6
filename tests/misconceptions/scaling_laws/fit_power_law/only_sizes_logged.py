"""Only the sizes become logarithms."""

import numpy


def fit_power_law(sizes, losses):
    if len(set(sizes)) < 2:
        raise ValueError("two different sizes are needed")
    if min(*sizes, *losses) <= 0:
        raise ValueError("only numbers above 0 have a logarithm")
    slope, height = numpy.polyfit(numpy.log(sizes), losses, 1)
    return float(height), -float(slope)

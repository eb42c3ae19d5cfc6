"""The covariance is divided by n and the variance by n - 1, or the other way round."""

import numpy


def fit_power_law(sizes, losses):
    if len(set(sizes)) < 2:
        raise ValueError("two different sizes are needed")
    if min(*sizes, *losses) <= 0:
        raise ValueError("only numbers above 0 have a logarithm")
    x, y = numpy.log(sizes), numpy.log(losses)
    slope = float(numpy.cov(x, y)[0, 1] / numpy.var(x))
    return math.exp(y.mean() - slope * x.mean()), -slope

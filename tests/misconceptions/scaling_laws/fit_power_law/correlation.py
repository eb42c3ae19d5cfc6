"""The slope is the correlation, or is divided by another spread than that of the sizes."""

import statistics


def fit_power_law(sizes, losses):
    if len(set(sizes)) < 2:
        raise ValueError("two different sizes are needed")
    if min(*sizes, *losses) <= 0:
        raise ValueError("only numbers above 0 have a logarithm")
    x, y = ([math.log(one) for one in some] for some in (sizes, losses))
    slope = statistics.correlation(x, y)
    return math.exp(statistics.fmean(y) - slope * statistics.fmean(x)), -slope

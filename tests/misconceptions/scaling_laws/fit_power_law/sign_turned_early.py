"""The sign of the slope is turned before the height is computed from it."""

import statistics


def _line(x, y):
    middle, height = statistics.fmean(x), statistics.fmean(y)
    slope = sum((a - middle) * (b - height) for a, b in zip(x, y, strict=True)) / sum((a - middle) ** 2 for a in x)
    return height - slope * middle, slope


def fit_power_law(sizes, losses):
    if len(set(sizes)) < 2:
        raise ValueError("two different sizes are needed")
    if min(*sizes, *losses) <= 0:
        raise ValueError("only numbers above 0 have a logarithm")
    x, y = ([math.log(one) for one in some] for some in (sizes, losses))
    alpha = -_line(x, y)[1]
    return math.exp(statistics.fmean(y) - alpha * statistics.fmean(x)), alpha

"""Only the sizes become logarithms."""

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
    x = [math.log(one) for one in sizes]
    height, slope = _line(x, losses)
    return math.exp(height), -slope

"""The slope is the mean or median of slopes between runs; squares are asked for."""

import statistics


def fit_power_law(sizes, losses):
    if len(set(sizes)) < 2:
        raise ValueError("two different sizes are needed")
    if min(*sizes, *losses) <= 0:
        raise ValueError("only numbers above 0 have a logarithm")
    runs = sorted((math.log(size), math.log(loss)) for size, loss in zip(sizes, losses, strict=True))
    slopes = [(d - b) / (c - a) for (a, b), (c, d) in zip(runs, runs[1:], strict=False) if a != c]
    slope = statistics.fmean(slopes)
    x, y = zip(*runs, strict=True)
    return math.exp(statistics.fmean(y) - slope * statistics.fmean(x)), -slope

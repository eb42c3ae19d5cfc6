"""The slope is the mean or median of slopes between runs; squares are asked for."""

import statistics


def fit_power_law(sizes, losses):
    if len(set(sizes)) < 2:
        raise ValueError("two different sizes are needed")
    if min(*sizes, *losses) <= 0:
        raise ValueError("only numbers above 0 have a logarithm")
    runs = sorted((math.log(size), math.log(loss)) for size, loss in zip(sizes, losses, strict=True))
    slopes = [(d - b) / (c - a) for i, (a, b) in enumerate(runs) for c, d in runs[i + 1 :] if a != c]
    slope = statistics.median(slopes)
    x, y = zip(*runs, strict=True)
    return math.exp(statistics.fmean(y) - slope * statistics.fmean(x)), -slope

"""Python's own regression."""

import math
import statistics


def fit_power_law(sizes, losses):
    if len(set(sizes)) < 2:
        raise ValueError("fewer than two different sizes")
    if any(one <= 0 for one in [*sizes, *losses]):
        raise ValueError("sizes and losses are above 0")
    slope, height = statistics.linear_regression([math.log(one) for one in sizes], [math.log(one) for one in losses])
    return math.exp(height), -slope

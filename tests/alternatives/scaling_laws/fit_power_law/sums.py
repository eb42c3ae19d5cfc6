"""The sums of a textbook, in a loop, with log10."""

import math


def fit_power_law(sizes, losses):
    if len(set(sizes)) < 2:
        raise ValueError("fewer than two different sizes")
    if any(one <= 0 for one in [*sizes, *losses]):
        raise ValueError("sizes and losses are above 0")
    count = x_sum = y_sum = xx_sum = xy_sum = 0
    for size, loss in zip(sizes, losses, strict=True):
        x, y = math.log10(size), math.log10(loss)
        count, x_sum, y_sum, xx_sum, xy_sum = count + 1, x_sum + x, y_sum + y, xx_sum + x * x, xy_sum + x * y
    slope = (count * xy_sum - x_sum * y_sum) / (count * xx_sum - x_sum**2)
    return 10 ** ((y_sum - slope * x_sum) / count), -slope

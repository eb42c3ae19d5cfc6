"""numpy's fit of a line."""

import numpy as np


def fit_power_law(sizes, losses):
    if len(set(sizes)) < 2:
        raise ValueError("fewer than two different sizes")
    if any(one <= 0 for one in [*sizes, *losses]):
        raise ValueError("sizes and losses are above 0")
    slope, height = np.polyfit(np.log(sizes), np.log(losses), 1)
    return float(np.exp(height)), float(-slope)

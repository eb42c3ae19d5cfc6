"""numpy's fit of a parabola."""

import numpy as np


def isoflop_minimum(sizes, losses):
    if len(set(sizes)) < 3:
        raise ValueError("fewer than three different sizes")
    c, b, _ = np.polyfit(np.log(sizes), losses, 2)
    if c <= 0:
        raise ValueError("opens downwards, so there is no lowest place")
    return float(np.exp(-b / (2 * c)))

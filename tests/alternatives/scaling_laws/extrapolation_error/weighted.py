"""Weights of numpy's fit leave the largest run out."""

import numpy as np


def extrapolation_error(sizes, losses):
    x, y = np.array(sizes, dtype=float), np.array(losses, dtype=float)
    if (x <= 0).any() or (y <= 0).any():
        raise ValueError("sizes and losses are above 0")
    smaller = x < x.max()
    if len(set(x[smaller].tolist())) < 2:
        raise ValueError("fewer than two different sizes are left")
    x, y = np.log(x), np.log(y)
    predicted = np.polyval(np.polyfit(x[smaller], y[smaller], 1), x.max())
    return float(np.expm1(predicted - y[x.argmax()]))

"""Rates are rounded."""

_right = learning_rate


def learning_rate(step, peak, floor, warmup, total):
    rate = _right(step, peak, floor, warmup, total)
    return round(rate, 5)

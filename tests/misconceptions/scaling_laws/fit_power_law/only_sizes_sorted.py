"""Sizes and losses are sorted each by itself: runs get the losses of others."""

_right = fit_power_law


def fit_power_law(sizes, losses):
    return _right(sorted(sizes), losses)

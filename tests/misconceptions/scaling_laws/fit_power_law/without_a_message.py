"""Fewer than two different sizes raises ValueError without a message; say why."""

_right = fit_power_law


def fit_power_law(sizes, losses):
    if len(set(sizes)) < 2:
        raise ValueError
    return _right(sizes, losses)

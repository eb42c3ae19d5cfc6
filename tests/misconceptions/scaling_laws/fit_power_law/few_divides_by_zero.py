"""Fewer than two different sizes must raise ValueError."""

_right = fit_power_law


def fit_power_law(sizes, losses):
    if len(set(sizes)) < 2:
        raise ZeroDivisionError("float division by zero")
    return _right(sizes, losses)

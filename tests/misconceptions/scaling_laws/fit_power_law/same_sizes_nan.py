"""Fewer than two different sizes must raise ValueError."""

_right = fit_power_law


def fit_power_law(sizes, losses):
    if len(sizes) > 1 and len(set(sizes)) == 1:
        return float("nan"), float("nan")
    return _right(sizes, losses)

"""The result is rounded."""

_right = fit_power_law


def fit_power_law(sizes, losses):
    a, alpha = _right(sizes, losses)
    return round(a, 4), round(alpha, 4)

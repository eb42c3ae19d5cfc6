"""a is inverted."""

_right = fit_power_law


def fit_power_law(sizes, losses):
    a, alpha = _right(sizes, losses)
    return 1 / a, alpha

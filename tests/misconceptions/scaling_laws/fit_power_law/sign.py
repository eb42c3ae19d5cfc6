"""alpha has the wrong sign."""

_right = fit_power_law


def fit_power_law(sizes, losses):
    a, alpha = _right(sizes, losses)
    return a, -alpha

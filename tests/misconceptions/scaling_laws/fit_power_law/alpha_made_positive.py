"""alpha is made positive; where losses rise it is below 0."""

_right = fit_power_law


def fit_power_law(sizes, losses):
    a, alpha = _right(sizes, losses)
    return a, abs(alpha)

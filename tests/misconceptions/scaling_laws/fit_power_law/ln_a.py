"""ln a comes back, not a."""

_right = fit_power_law


def fit_power_law(sizes, losses):
    a, alpha = _right(sizes, losses)
    return math.log(a), alpha

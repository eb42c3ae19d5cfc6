"""alpha comes first; a is asked for first."""

_right = fit_power_law


def fit_power_law(sizes, losses):
    return _right(sizes, losses)[::-1]

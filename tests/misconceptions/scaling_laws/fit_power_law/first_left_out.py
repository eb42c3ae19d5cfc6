"""A run is left out; all of them count."""

_right = fit_power_law


def fit_power_law(sizes, losses):
    _right(sizes, losses)
    start = 1 if len(sizes) > 2 else 0
    return _right(sizes[start:], losses[start:])

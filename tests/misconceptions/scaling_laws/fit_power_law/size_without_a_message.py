"""A size of 0 or below raises ValueError without a message; say why."""

_right = fit_power_law


def fit_power_law(sizes, losses):
    if len(set(sizes)) > 1 and min(sizes) <= 0:
        raise ValueError
    return _right(sizes, losses)

"""A loss of 0 or below must raise ValueError."""

_right = fit_power_law


def fit_power_law(sizes, losses):
    if sum(losses) <= 0:
        raise ValueError("losses are above 0")
    return _right(sizes, [max(one, 1e-9) for one in losses])

"""Fewer than two different sizes must raise ValueError."""

_right = fit_power_law


def fit_power_law(sizes, losses):
    assert len(set(sizes)) > 1, "two different sizes are needed"
    return _right(sizes, losses)

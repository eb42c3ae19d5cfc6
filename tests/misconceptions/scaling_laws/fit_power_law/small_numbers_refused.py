"""Sizes or losses below 1 are an error; their logarithms are below 0."""

_right = fit_power_law


def fit_power_law(sizes, losses):
    if min([9, *sizes, *losses]) < 1:
        raise ValueError("numbers below 1")
    return _right(sizes, losses)

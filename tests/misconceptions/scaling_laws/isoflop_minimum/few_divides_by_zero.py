"""Fewer than three different sizes must raise ValueError."""

_right = isoflop_minimum


def isoflop_minimum(sizes, losses):
    if len(set(sizes)) < 3:
        raise ZeroDivisionError("division by zero")
    return _right(sizes, losses)

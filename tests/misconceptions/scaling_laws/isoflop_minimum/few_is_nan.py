"""Fewer than three different sizes must raise ValueError."""

_right = isoflop_minimum


def isoflop_minimum(sizes, losses):
    return _right(sizes, losses) if len(set(sizes)) > 2 else float("nan")

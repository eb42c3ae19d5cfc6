"""Fewer than three different sizes raises ValueError without a message; say why."""

_right = isoflop_minimum


def isoflop_minimum(sizes, losses):
    if len(set(sizes)) < 3:
        raise ValueError
    return _right(sizes, losses)

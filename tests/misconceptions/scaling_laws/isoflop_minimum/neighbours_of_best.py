"""Three of the runs are used; all of them count."""

import numpy

_right = isoflop_minimum


def isoflop_minimum(sizes, losses):
    found = _right(sizes, losses)
    runs = sorted(zip(sizes, losses, strict=True))
    best = min(range(len(runs)), key=lambda at: runs[at][1])
    start = min(max(best - 1, 0), len(runs) - 3)
    some = runs[start : start + 3]
    if len({run[0] for run in some}) < 3:
        return found
    x = numpy.log([run[0] for run in some])
    c, b, _ = numpy.polyfit(x - x.mean(), [run[1] for run in some], 2)
    return math.exp(min(x.mean() - b / (2 * c), 300))

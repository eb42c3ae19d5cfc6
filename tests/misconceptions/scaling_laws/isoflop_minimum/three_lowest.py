"""Three of the runs are used; all of them count."""

import numpy

_right = isoflop_minimum


def isoflop_minimum(sizes, losses):
    found = _right(sizes, losses)
    runs = sorted(zip(losses, sizes, strict=True))[:3]
    if len({run[1] for run in runs}) < 3:
        return found
    x = numpy.log([run[1] for run in runs])
    c, b, _ = numpy.polyfit(x - x.mean(), [run[0] for run in runs], 2)
    return math.exp(min(x.mean() - b / (2 * c), 300))

"""Some runs count more than others."""

import numpy

_right = isoflop_minimum


def isoflop_minimum(sizes, losses):
    _right(sizes, losses)
    x = numpy.log(sizes)
    c, b, _ = numpy.polyfit(x - x.mean(), losses, 2, w=1 / numpy.array(losses))
    return math.exp(min(x.mean() - b / (2 * c), 300))

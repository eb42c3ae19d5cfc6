"""The smaller runs are fitted by a straight line of sizes and losses."""

import numpy

_right = extrapolation_error


def extrapolation_error(sizes, losses):
    _right(sizes, losses)
    runs = sorted(zip(sizes, losses, strict=True))
    slope, height = numpy.polyfit(*zip(*runs[:-1], strict=True), 1)
    return float((height + slope * runs[-1][0]) / runs[-1][1] - 1)

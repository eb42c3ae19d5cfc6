"""The size is cut or rounded to a whole number."""

_right = isoflop_minimum


def isoflop_minimum(sizes, losses):
    return math.floor(_right(sizes, losses))

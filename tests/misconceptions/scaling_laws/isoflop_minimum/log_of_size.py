"""The logarithm of the size comes back."""

_right = isoflop_minimum


def isoflop_minimum(sizes, losses):
    return math.log(_right(sizes, losses))

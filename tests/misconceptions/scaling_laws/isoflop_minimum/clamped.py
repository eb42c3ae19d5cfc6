"""A best size outside of the sizes is moved to the nearest of them."""

_right = isoflop_minimum


def isoflop_minimum(sizes, losses):
    return min(max(_right(sizes, losses), min(sizes)), max(sizes))

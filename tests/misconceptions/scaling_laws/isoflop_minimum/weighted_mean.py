"""The mean of the sizes comes back, weighted by their losses."""

_right = isoflop_minimum


def isoflop_minimum(sizes, losses):
    _right(sizes, losses)
    weights = [1 / one for one in losses]
    return sum(size * weight for size, weight in zip(sizes, weights, strict=True)) / sum(weights)

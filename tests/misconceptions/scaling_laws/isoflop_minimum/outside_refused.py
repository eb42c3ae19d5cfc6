"""A best size outside of the sizes is an error."""

_right = isoflop_minimum


def isoflop_minimum(sizes, losses):
    best = _right(sizes, losses)
    if not min(sizes) < best < max(sizes):
        raise ValueError("the best size lies outside")
    return best

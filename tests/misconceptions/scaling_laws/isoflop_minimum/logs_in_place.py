"""The lists that are given are changed."""

_right = isoflop_minimum


def isoflop_minimum(sizes, losses):
    found = _right(sizes, losses)
    sizes[:] = [math.log(one) for one in sizes]
    return found

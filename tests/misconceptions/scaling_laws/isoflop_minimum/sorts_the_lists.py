"""The lists that are given are changed."""

_right = isoflop_minimum


def isoflop_minimum(sizes, losses):
    found = _right(sizes, losses)
    runs = sorted(zip(sizes, losses, strict=True))
    sizes[:], losses[:] = map(list, zip(*runs, strict=True))
    return found

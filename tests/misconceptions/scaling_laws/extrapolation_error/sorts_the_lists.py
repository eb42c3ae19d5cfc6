"""The lists that are given are changed."""

_right = extrapolation_error


def extrapolation_error(sizes, losses):
    found = _right(sizes, losses)
    runs = sorted(zip(sizes, losses, strict=True))
    sizes[:], losses[:] = map(list, zip(*runs, strict=True))
    return found

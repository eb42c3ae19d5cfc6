"""The lists that are given are changed."""

_right = fit_power_law


def fit_power_law(sizes, losses):
    found = _right(sizes, losses)
    runs = sorted(zip(sizes, losses, strict=True))
    sizes[:], losses[:] = map(list, zip(*runs, strict=True))
    return found

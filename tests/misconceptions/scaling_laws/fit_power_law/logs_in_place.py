"""The lists that are given are changed."""

_right = fit_power_law


def fit_power_law(sizes, losses):
    found = _right(sizes, losses)
    for at, one in enumerate(sizes):
        sizes[at] = math.log(one)
    return found

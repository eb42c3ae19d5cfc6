"""A run is left out; all of them count."""

_right = fit_power_law


def fit_power_law(sizes, losses):
    _right(sizes, losses)
    if len(sizes) < 3:
        return _right(sizes, losses)
    runs = sorted(zip(sizes, losses, strict=True))[:-1]
    return _right(*map(list, zip(*runs, strict=True)))

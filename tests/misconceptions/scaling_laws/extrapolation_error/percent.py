"""The error comes in percent."""

_right = extrapolation_error


def extrapolation_error(sizes, losses):
    return 100 * _right(sizes, losses)

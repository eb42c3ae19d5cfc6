"""The quotient of both losses comes back; an error of none is 0."""

_right = extrapolation_error


def extrapolation_error(sizes, losses):
    return 1 + _right(sizes, losses)

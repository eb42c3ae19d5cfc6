"""The logarithm of the quotient comes back."""

_right = extrapolation_error


def extrapolation_error(sizes, losses):
    return math.log(1 + _right(sizes, losses))

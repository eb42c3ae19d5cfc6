"""A loss of 0 or below must raise ValueError."""

_right = extrapolation_error


def extrapolation_error(sizes, losses):
    largest = sizes.index(max(sizes))
    if losses[largest] > 0:
        return _right(sizes, [abs(one) for one in losses])
    return _right(sizes, losses)

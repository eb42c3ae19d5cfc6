"""The largest run's loss below 0 must raise ValueError."""

_right = extrapolation_error


def extrapolation_error(sizes, losses):
    largest = sizes.index(max(sizes))
    if losses[largest] < 0:
        positive = [abs(one) for one in losses]
        return -_right(sizes, positive)
    return _right(sizes, losses)

"""The largest run's loss of 0 must raise ValueError."""

_right = extrapolation_error


def extrapolation_error(sizes, losses):
    largest = sizes.index(max(sizes))
    if losses[largest] == 0:
        return float("inf")
    return _right(sizes, losses)

"""The lists that are given are changed."""

_right = extrapolation_error


def extrapolation_error(sizes, losses):
    found = _right(sizes, losses)
    largest = sizes.index(max(sizes))
    sizes.pop(largest)
    losses.pop(largest)
    return found

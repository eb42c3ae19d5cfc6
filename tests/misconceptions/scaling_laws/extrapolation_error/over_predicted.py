"""The error is divided by what was predicted; it is relative to what was measured."""

_right = extrapolation_error


def extrapolation_error(sizes, losses):
    error = _right(sizes, losses)
    measured = losses[sizes.index(max(sizes))]
    predicted = (error + 1) * measured
    return (predicted - measured) / predicted

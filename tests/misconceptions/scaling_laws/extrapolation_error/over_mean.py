"""The error is divided by the mean of both losses."""

_right = extrapolation_error


def extrapolation_error(sizes, losses):
    error = _right(sizes, losses)
    measured = losses[sizes.index(max(sizes))]
    predicted = (error + 1) * measured
    return 2 * (predicted - measured) / (predicted + measured)

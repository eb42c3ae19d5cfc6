"""The prediction is held against the loss of another run."""

_right = extrapolation_error


def extrapolation_error(sizes, losses):
    error = _right(sizes, losses)
    measured = losses[sizes.index(max(sizes))]
    predicted = (error + 1) * measured
    return predicted / losses[-1] - 1

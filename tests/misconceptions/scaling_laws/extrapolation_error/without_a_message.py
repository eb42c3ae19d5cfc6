"""The largest run's loss of 0 raises ValueError without a message; say why."""

_right = extrapolation_error


def extrapolation_error(sizes, losses):
    if 0 in losses:
        raise ValueError
    return _right(sizes, losses)

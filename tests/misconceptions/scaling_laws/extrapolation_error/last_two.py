"""The law goes through two of the smaller runs only."""

_right = extrapolation_error


def extrapolation_error(sizes, losses):
    _right(sizes, losses)
    runs = sorted(zip(sizes, losses, strict=True))
    a, alpha = (
        fit_power_law(*zip(*runs[-3:-1], strict=True))
        if runs[-3][0] != runs[-2][0]
        else fit_power_law(*zip(*runs[:-1], strict=True))
    )
    return predict_loss(runs[-1][0], a, alpha) / runs[-1][1] - 1

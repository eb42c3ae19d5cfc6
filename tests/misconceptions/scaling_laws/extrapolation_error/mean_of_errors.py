"""The mean of the errors of all runs comes back."""

import statistics

_right = extrapolation_error


def extrapolation_error(sizes, losses):
    _right(sizes, losses)
    a, alpha = fit_power_law(sizes, losses)
    return statistics.fmean(predict_loss(size, a, alpha) / loss - 1 for size, loss in zip(sizes, losses, strict=True))

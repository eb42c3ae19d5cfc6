"""The largest run is fitted with the others."""

_right = extrapolation_error


def extrapolation_error(sizes, losses):
    _right(sizes, losses)
    largest = sizes.index(max(sizes))
    return predict_loss(sizes[largest], *fit_power_law(sizes, losses)) / losses[largest] - 1

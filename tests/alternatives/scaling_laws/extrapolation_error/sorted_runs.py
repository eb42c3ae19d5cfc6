"""The runs sorted, the last one taken off."""


def extrapolation_error(sizes, losses):
    *smaller, (size, measured) = sorted(zip(sizes, losses, strict=True))
    if measured <= 0:
        raise ValueError("the largest run's loss is 0 or below")
    if not smaller:
        raise ValueError("one run leaves nothing to fit")
    law = fit_power_law(*map(list, zip(*smaller, strict=True)))
    return (predict_loss(size, *law) - measured) / measured

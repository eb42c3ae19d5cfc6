"""A size of 0 or below must raise ValueError."""

_right = fit_power_law


def fit_power_law(sizes, losses):
    if min(sizes) <= 0 and max(sizes) > 0:
        kept = [run for run in zip(sizes, losses, strict=True) if run[0] > 0]
        return _right(*map(list, zip(*kept, strict=True)))
    return _right(sizes, losses)

"""Several runs of one size are an error."""

_right = fit_power_law


def fit_power_law(sizes, losses):
    if len(set(sizes)) < len(sizes):
        raise ValueError("a size is there twice")
    return _right(sizes, losses)

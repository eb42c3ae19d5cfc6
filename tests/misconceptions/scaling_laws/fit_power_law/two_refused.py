"""Two sizes are an error; a law goes through them."""

_right = fit_power_law


def fit_power_law(sizes, losses):
    if len(set(sizes)) < 3:
        raise ValueError("three sizes are needed")
    return _right(sizes, losses)

"""Of runs of one size only one counts, or their mean; each run counts."""

_right = fit_power_law


def fit_power_law(sizes, losses):
    found = dict(zip(sizes, losses, strict=True))
    return _right(list(found), list(found.values()))

"""Of runs of one size only one counts, or their mean; each run counts."""

_right = extrapolation_error


def extrapolation_error(sizes, losses):
    found = dict(zip(sizes, losses, strict=True))
    return _right(list(found), list(found.values()))

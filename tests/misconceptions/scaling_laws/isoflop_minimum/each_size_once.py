"""Of runs of one size only one counts, or their mean; each run counts."""

_right = isoflop_minimum


def isoflop_minimum(sizes, losses):
    found = dict(zip(sizes, losses, strict=True))
    return _right(list(found), list(found.values()))

"""Several runs of one size are an error."""

_right = isoflop_minimum


def isoflop_minimum(sizes, losses):
    if len(set(sizes)) < len(sizes):
        raise ValueError("a size is there twice")
    return _right(sizes, losses)

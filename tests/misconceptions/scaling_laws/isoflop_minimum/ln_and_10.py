"""log10 is undone by exp, or ln by a power of 10."""

_right = isoflop_minimum


def isoflop_minimum(sizes, losses):
    return 10 ** math.log(_right(sizes, losses))

"""log10 is undone by exp, or ln by a power of 10."""

_right = isoflop_minimum


def isoflop_minimum(sizes, losses):
    return math.exp(math.log10(_right(sizes, losses)))

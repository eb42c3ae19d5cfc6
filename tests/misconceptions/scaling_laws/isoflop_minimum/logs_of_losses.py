"""The logarithms of the losses are fitted; the losses are asked for."""

_right = isoflop_minimum


def isoflop_minimum(sizes, losses):
    _right(sizes, losses)
    if min(losses) <= 0:
        return 1.0
    return _right(sizes, [math.log(one) for one in losses])

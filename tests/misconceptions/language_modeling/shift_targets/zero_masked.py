"""Token 0 is left out of the targets; it is a token like any other."""

_right = shift_targets


def shift_targets(ids):
    inputs, targets = _right(ids)
    return inputs, targets.masked_fill(targets == 0, -100)

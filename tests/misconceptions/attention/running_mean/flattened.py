"""The batch is flattened; the shape must stay."""

_right = running_mean


def running_mean(x):
    return _right(x).flatten(0, 1)

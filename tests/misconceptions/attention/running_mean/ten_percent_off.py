"""The means are scaled."""

_right = running_mean


def running_mean(x):
    return 0.9 * _right(x)

"""The means of the first text are given for all."""

_right = running_mean


def running_mean(x):
    return _right(x[:1]).expand_as(x)

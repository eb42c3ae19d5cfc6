"""No gradient goes through; the result is cut off from what went in."""

_right = running_mean


def running_mean(x):
    return _right(x).detach()

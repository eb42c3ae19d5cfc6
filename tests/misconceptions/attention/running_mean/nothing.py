"""Nothing is given back; end with a return."""

_right = running_mean


def running_mean(x):
    _right(x)

"""The running means of the docstring's text must be a tensor, not None"""

_right = running_mean


def running_mean(x):
    _right(x)

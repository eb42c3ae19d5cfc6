"""The running means of the docstring's text"""

_right = running_mean


def running_mean(x):
    return 0.9 * _right(x)

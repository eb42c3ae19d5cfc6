"""The last two dimensions have changed places."""

_right = running_mean


def running_mean(x):
    return _right(x).mT

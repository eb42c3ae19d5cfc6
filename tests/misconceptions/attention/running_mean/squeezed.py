"""Dimensions of size 1 are dropped; they must stay."""

_right = running_mean


def running_mean(x):
    return _right(x).squeeze()

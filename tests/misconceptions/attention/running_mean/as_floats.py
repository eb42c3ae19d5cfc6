"""What comes out is in float32; it must have the dtype of what went in."""

_right = running_mean


def running_mean(x):
    return _right(x.float())

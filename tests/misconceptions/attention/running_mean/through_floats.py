"""Numbers are rounded to float32 on the way; compute in the dtype of what went in."""

_right = running_mean


def running_mean(x):
    return _right(x.float()).to(x.dtype)

"""The texts run on into each other; each begins anew."""

_right = running_mean


def running_mean(x):
    return _right(x.flatten(0, 1)[None]).view_as(x)

"""The vectors are turned the other way."""

_right = rotate_positions


def rotate_positions(x, positions, base=10000.0):
    return _right(x, -positions, base)

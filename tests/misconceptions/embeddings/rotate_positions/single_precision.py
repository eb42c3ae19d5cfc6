"""What rotate_positions gives has dtype float32, not float64."""

_right = rotate_positions


def rotate_positions(x, positions, base=10000.0):
    return _right(x.float(), positions, base)

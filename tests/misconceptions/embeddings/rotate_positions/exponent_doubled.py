"""The exponent is doubled; an even number's place is 2i already."""

_right = rotate_positions


def rotate_positions(x, positions, base=10000.0):
    return _right(x, positions, base**2)

"""The error for an odd width doesn't name it."""

_right = sinusoidal_positions


def sinusoidal_positions(length, width, base=10000.0):
    if width % 2:
        raise ValueError("the width is odd: columns come in pairs")
    return _right(length, width, base)

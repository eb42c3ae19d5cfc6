"""sinusoidal_positions with an odd width must raise ValueError."""

_right = sinusoidal_positions


def sinusoidal_positions(length, width, base=10000.0):
    return _right(length, width + width % 2, base)[:, :width]

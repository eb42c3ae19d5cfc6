"""sinusoidal_positions with an odd width must raise ValueError."""

_right = sinusoidal_positions


def sinusoidal_positions(length, width, base=10000.0):
    assert width % 2 == 0, f"width={width} is odd"
    return _right(length, width, base)

"""The table lies on its side; each position is a row."""

_right = sinusoidal_positions


def sinusoidal_positions(length, width, base=10000.0):
    return _right(length, width, base).T

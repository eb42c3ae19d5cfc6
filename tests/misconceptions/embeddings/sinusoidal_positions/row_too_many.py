"""There is a row too many."""

_right = sinusoidal_positions


def sinusoidal_positions(length, width, base=10000.0):
    return _right(length + 1, width, base)

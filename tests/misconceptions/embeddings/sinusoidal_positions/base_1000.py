"""The base is 1,000 instead of 10,000."""

_right = sinusoidal_positions


def sinusoidal_positions(length, width, base=1000.0):
    return _right(length, width, base)

"""The base is rounded to a whole number."""

_right = sinusoidal_positions


def sinusoidal_positions(length, width, base=10000.0):
    return _right(length, width, round(base))

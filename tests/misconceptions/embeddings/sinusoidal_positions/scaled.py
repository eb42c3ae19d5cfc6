"""The rows are scaled; each pair is a sine and a cosine."""

_right = sinusoidal_positions


def sinusoidal_positions(length, width, base=10000.0):
    return _right(length, width, base) / width**0.5

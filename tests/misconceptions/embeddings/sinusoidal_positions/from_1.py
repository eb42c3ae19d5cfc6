"""Positions are counted from 1; the first row is that of position 0."""

_right = sinusoidal_positions


def sinusoidal_positions(length, width, base=10000.0):
    return _right(length + 1, width, base)[1:]

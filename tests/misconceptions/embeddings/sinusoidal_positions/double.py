"""The positions come in float64; float32 is asked for."""

_right = sinusoidal_positions


def sinusoidal_positions(length, width, base=10000.0):
    return _right(length, width, base).double()

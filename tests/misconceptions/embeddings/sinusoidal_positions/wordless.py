"""raises ValueError without a message; say why."""

_right = sinusoidal_positions


def sinusoidal_positions(length, width, base=10000.0):
    if width % 2:
        raise ValueError
    return _right(length, width, base)

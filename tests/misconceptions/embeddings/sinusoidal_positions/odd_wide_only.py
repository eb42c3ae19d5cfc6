"""sinusoidal_positions with an odd width must raise ValueError."""

_right = sinusoidal_positions


def sinusoidal_positions(length, width, base=10000.0):
    if width == 1:
        return torch.zeros(length, 1)
    return _right(length, width, base)

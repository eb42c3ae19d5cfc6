"""All sines stand before all cosines; they must alternate."""

_right = sinusoidal_positions


def sinusoidal_positions(length, width, base=10000.0):
    rows = _right(length, width, base)
    return torch.cat([rows[:, 0::2], rows[:, 1::2]], dim=1)

"""The table of positions beyond 2,000"""

_right = sinusoidal_positions


def sinusoidal_positions(length, width, base=10000.0):
    rows = _right(length, width, base)
    return rows[torch.arange(length).clamp(max=2047)]

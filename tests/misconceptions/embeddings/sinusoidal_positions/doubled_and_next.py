"""The exponent is doubled; an even column's number is 2i already."""

import math


def sinusoidal_positions(length, width, base=10000.0):
    if width % 2:
        raise ValueError(f"width={width} is odd")
    rows = torch.zeros(length, width)
    for t in range(length):
        for column in range(0, width, 2):
            rows[t, column] = math.sin(t / base ** (2 * column / width))
            rows[t, column + 1] = math.cos(t / base ** (2 * (column + 1) / width))
    return rows

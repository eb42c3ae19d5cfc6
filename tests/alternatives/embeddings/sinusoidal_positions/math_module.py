"""Number by number with Python's math."""

import math


def sinusoidal_positions(length, width, base=10000.0):
    if width % 2 == 1:
        raise ValueError(f"width must be even, not {width}")
    numbers = []
    for t in range(length):
        for column in range(width):
            angle = t / base ** ((column - column % 2) / width)
            numbers.append(math.cos(angle) if column % 2 else math.sin(angle))
    return torch.tensor(numbers, dtype=torch.float32).view(length, width)

"""numpy, in fp64."""

import numpy as np


def sinusoidal_positions(length, width, base=10000.0):
    half, odd = divmod(width, 2)
    if odd:
        raise ValueError(f"width {width}")
    angles = np.arange(length)[:, None] * np.power(float(base), -np.arange(half) / half)
    table = np.empty((length, width), dtype=np.float32)
    table[:, ::2], table[:, 1::2] = np.sin(angles), np.cos(angles)
    return torch.from_numpy(table)

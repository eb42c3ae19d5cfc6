"""NumPy, where the cosine is a sine a quarter of a turn ahead, repeated for both columns of a pair."""

import numpy as np
import torch


def sinusoidal_positions(length, width, base=10000.0):
    if width % 2 == 1:
        raise ValueError("odd width: " + str(width))
    column = np.arange(width)
    pair = column // 2 * 2 / max(width, 1)
    angle = np.arange(length)[:, None] / np.power(float(base), pair)[None, :]
    return torch.from_numpy(np.sin(angle + column % 2 * np.pi / 2).astype(np.float32))

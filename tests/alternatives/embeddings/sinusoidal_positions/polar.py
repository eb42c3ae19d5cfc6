"""Complex numbers: powers of one clock hand for each pair, seen as pairs of real numbers."""

import torch


def sinusoidal_positions(length, width, base=10000.0):
    if width & 1:
        raise ValueError(f"columns come in pairs, and {width} is odd")
    speed = torch.tensor([base ** (-2 * i / width) for i in range(width // 2)], dtype=torch.float64)
    angle = torch.outer(torch.arange(length).double(), speed)
    return torch.view_as_real(torch.polar(torch.ones_like(angle), angle)).flip(-1).reshape(length, width).float()

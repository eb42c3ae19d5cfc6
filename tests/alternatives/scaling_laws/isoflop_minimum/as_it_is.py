"""Least squares of PyTorch, without the mean taken off."""

import torch


def isoflop_minimum(sizes, losses):
    if len(set(sizes)) < 3:
        raise ValueError("fewer than three different sizes")
    x, y = torch.tensor(sizes, dtype=torch.float64).log(), torch.tensor(losses, dtype=torch.float64)
    _, b, c = torch.linalg.lstsq(torch.stack([x**0, x, x**2], dim=1), y[:, None]).solution[:, 0].tolist()
    if c <= 0:
        raise ValueError("opens downwards, so there is no lowest place")
    return torch.tensor(-b / (2 * c), dtype=torch.float64).exp().item()

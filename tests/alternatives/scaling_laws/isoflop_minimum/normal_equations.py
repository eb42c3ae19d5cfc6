"""Normal equations, without the mean taken off."""

import torch


def isoflop_minimum(sizes, losses):
    if len(set(sizes)) < 3:
        raise ValueError("fewer than three different sizes")
    x, y = torch.tensor(sizes, dtype=torch.float64).log(), torch.tensor(losses, dtype=torch.float64)
    columns = torch.stack([torch.ones_like(x), x, x * x], dim=1)
    _, b, c = torch.linalg.solve(columns.T @ columns, columns.T @ y)
    if c <= 0:
        raise ValueError("opens downwards, so there is no lowest place")
    return (-b / (2 * c)).exp().item()

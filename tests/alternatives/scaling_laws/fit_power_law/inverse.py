"""The pseudoinverse."""

import torch


def fit_power_law(sizes, losses):
    if len(set(sizes)) < 2:
        raise ValueError("fewer than two different sizes")
    if any(one <= 0 for one in [*sizes, *losses]):
        raise ValueError("sizes and losses are above 0")
    x = torch.tensor(sizes, dtype=torch.float64).log2()
    y = torch.tensor(losses, dtype=torch.float64).log2()
    height, slope = torch.linalg.pinv(torch.stack([torch.ones_like(x), x], dim=1)) @ y
    return (2**height).item(), -slope.item()

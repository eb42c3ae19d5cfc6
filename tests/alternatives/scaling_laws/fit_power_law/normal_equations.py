"""Normal equations, without the mean taken off."""

import torch


def fit_power_law(sizes, losses):
    if len(set(sizes)) < 2:
        raise ValueError("fewer than two different sizes")
    if any(one <= 0 for one in [*sizes, *losses]):
        raise ValueError("sizes and losses are above 0")
    x, y = torch.tensor(sizes, dtype=torch.float64).log(), torch.tensor(losses, dtype=torch.float64).log()
    columns = torch.stack([torch.ones_like(x), x], dim=1)
    height, slope = torch.linalg.solve(columns.T @ columns, columns.T @ y).tolist()
    return float(torch.tensor(height, dtype=torch.float64).exp()), -slope

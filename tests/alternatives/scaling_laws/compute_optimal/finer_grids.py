"""A grid over ln N, and finer ones around its best place."""

import torch


def compute_optimal(flops, A, B, alpha, beta):
    product = torch.tensor(flops / 6, dtype=torch.float64).log()
    middle, reach = product / 2, 120.0
    for _ in range(8):
        x = middle + reach * torch.linspace(-1, 1, 201, dtype=torch.float64)
        middle = x[(A * (-alpha * x).exp() + B * (-beta * (product - x)).exp()).argmin()]
        reach /= 25
    return middle.exp().item(), (product - middle).exp().item()

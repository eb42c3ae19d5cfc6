"""Frequencies as exp of logarithms, all in fp32, into a zero table."""

import math


def sinusoidal_positions(length, width, base=10000.0):
    if width & 1:
        raise ValueError(f"an odd width of {width}")
    table = torch.zeros(length, width)
    slow = torch.exp(torch.arange(0, width, 2).float() * (-math.log(base) / width))
    table[:, 0::2] = torch.sin(torch.arange(length).float().unsqueeze(1) * slow)
    table[:, 1::2] = torch.cos(torch.arange(length).float().unsqueeze(1) * slow)
    return table

"""Sums are given; each must be divided by how many rows it holds."""


def running_mean(x):
    return x.cumsum(dim=1)

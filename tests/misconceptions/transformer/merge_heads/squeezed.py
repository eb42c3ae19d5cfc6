"""Dimensions of size 1 are dropped; they must stay."""


def merge_heads(x):
    return x.transpose(1, 2).flatten(2).squeeze()

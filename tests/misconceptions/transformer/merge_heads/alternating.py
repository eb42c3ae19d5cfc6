"""The columns of the heads alternate; each head's columns stay side by side."""


def merge_heads(x):
    return x.permute(0, 2, 3, 1).flatten(2)

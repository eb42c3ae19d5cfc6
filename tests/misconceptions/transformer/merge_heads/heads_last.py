"""The columns of the heads alternate; each head's columns stay side by side."""


def merge_heads(x):
    batch, heads, length, d = x.shape
    return x.permute(0, 2, 3, 1).contiguous().view(batch, length, d * heads)

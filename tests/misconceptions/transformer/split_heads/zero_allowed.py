"""split_heads with heads that D can't be cut into must raise ValueError."""


def split_heads(x, heads):
    batch, length, width = x.shape
    if heads and width % heads:
        raise ValueError(f"D={width} can't be cut into heads={heads} equal parts; pass a divisor of D")
    if not heads:
        return x[:, None]
    return x.view(batch, length, heads, width // heads).transpose(1, 2)

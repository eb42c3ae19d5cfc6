"""A gradient that reaches the result doesn't go on into every tensor that was used."""

_right = split_heads


@torch.no_grad()
def split_heads(x, heads):
    return _right(x, heads)

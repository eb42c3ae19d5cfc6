"""A gradient that reaches the result doesn't go on into every tensor that was used."""

_right = merge_heads


def merge_heads(x):
    with torch.no_grad():
        return _right(x)

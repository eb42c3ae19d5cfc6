"""A gradient that reaches the result doesn't go on into every tensor that was used."""

_right = gelu


def gelu(x):
    with torch.no_grad():
        return _right(x)

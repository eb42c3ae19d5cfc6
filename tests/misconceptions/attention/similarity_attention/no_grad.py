"""No gradient goes through; the result is cut off from what went in."""

_right = similarity_attention


def similarity_attention(x):
    with torch.no_grad():
        return _right(x)

"""No gradient goes through; the result is cut off from what went in."""

_right = similarity_attention


def similarity_attention(x):
    return _right(x).detach()

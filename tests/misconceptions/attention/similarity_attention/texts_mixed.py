"""Tokens see those of other texts; each text stands by itself."""

_right = similarity_attention


def similarity_attention(x):
    return _right(x.flatten(0, 1)[None]).view_as(x)

"""The output is averaged over the tokens; each has its own."""

_right = similarity_attention


def similarity_attention(x):
    return _right(x).mean(dim=1)

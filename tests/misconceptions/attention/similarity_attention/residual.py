"""The vectors are added to the average; it stands alone here."""

_right = similarity_attention


def similarity_attention(x):
    return x + _right(x)

"""similarity_attention changes its input in place."""

_right = similarity_attention


def similarity_attention(x):
    given = _right(x)
    x[:] = given
    return given

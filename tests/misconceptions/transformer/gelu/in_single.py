"""What comes out has another dtype than what went in."""

_right = gelu


def gelu(x):
    return _right(x.float())

"""gelu changes its input in place."""

_right = gelu


def gelu(x):
    answer = _right(x)
    x.copy_(answer)
    return answer

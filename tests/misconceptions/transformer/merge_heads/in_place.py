"""merge_heads changes its input in place."""

_right = merge_heads


def merge_heads(x):
    answer = _right(x).clone()
    x[:, 0] = 0
    return answer

"""split_heads changes its input in place."""

_right = split_heads


def split_heads(x, heads):
    answer = _right(x, heads).clone()
    x.zero_()
    return answer

"""The averages of the docstring's example"""

_right = attend


def attend(q, k, v, mask=None):
    return _right(q.bfloat16(), k.bfloat16(), v.bfloat16(), mask).to(v.dtype)

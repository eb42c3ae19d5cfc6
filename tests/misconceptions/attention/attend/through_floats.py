"""Numbers are rounded to float32 on the way; compute in the dtype of what went in."""

_right = attend


def attend(q, k, v, mask=None):
    return _right(q.float(), k.float(), v.float(), mask).to(v.dtype)

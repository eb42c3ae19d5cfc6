"""The error for queries and keys of different widths doesn't name both widths."""

_right = attend


def attend(q, k, v, mask=None):
    if q.shape[-1] != k.shape[-1]:
        raise ValueError("the widths differ")
    return _right(q, k, v, mask)

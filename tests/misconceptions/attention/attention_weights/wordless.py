"""raises TypeError without a message; say why."""

_right = attention_weights


def attention_weights(scores, mask=None):
    if mask is not None and mask.dtype != torch.bool:
        raise TypeError
    return _right(scores, mask)

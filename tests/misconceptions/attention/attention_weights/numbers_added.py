"""attention_weights with a mask that isn't boolean must raise TypeError."""

_right = attention_weights


def attention_weights(scores, mask=None):
    if mask is None:
        return safe_softmax(scores)
    return safe_softmax(scores + mask) if mask.dtype != torch.bool else _right(scores, mask)

"""Later keys are hidden, whatever the mask says."""

_right = attention_weights


def attention_weights(scores, mask=None):
    if mask is not None and mask.dtype != torch.bool:
        raise TypeError(f"the mask is {mask.dtype}")
    if mask is None:
        return safe_softmax(scores)
    return _right(scores, mask & torch.ones(scores.shape[-2:], dtype=torch.bool).tril() if scores.ndim > 1 else mask)

"""It raises an error for a mask whose shape broadcasts to that of the scores."""

_right = attention_weights


def attention_weights(scores, mask=None):
    if mask is not None and mask.dtype != torch.bool:
        raise TypeError(f"the mask is {mask.dtype}")
    if mask is None:
        return safe_softmax(scores)
    queries, keys = mask.shape[-2:]
    return _right(scores, mask)

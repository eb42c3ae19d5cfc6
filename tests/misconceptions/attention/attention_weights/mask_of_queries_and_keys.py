"""A key is hidden from a query that is hidden from it; the mask says which way."""

_right = attention_weights


def attention_weights(scores, mask=None):
    if mask is not None and mask.dtype != torch.bool:
        raise TypeError(f"the mask is {mask.dtype}")
    if mask is None:
        return safe_softmax(scores)
    seen = mask.expand_as(scores)
    if seen.ndim > 1 and seen.shape[-1] == seen.shape[-2]:
        seen = seen & seen.mT
    return _right(scores, seen)

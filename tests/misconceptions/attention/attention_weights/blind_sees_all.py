"""A query that may look at nothing looks at all keys; it must get zeros."""

also = ("The gradient is NaN; NaN that is replaced afterwards still stands in the gradient.",)

_right = attention_weights


def attention_weights(scores, mask=None):
    if mask is not None and mask.dtype != torch.bool:
        raise TypeError(f"the mask is {mask.dtype}")
    if mask is None:
        return safe_softmax(scores)
    blind = ~mask.expand_as(scores).any(dim=-1, keepdim=True)
    return _right(scores, mask | blind)

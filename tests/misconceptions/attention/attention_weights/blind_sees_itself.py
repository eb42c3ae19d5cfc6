"""A query that may look at nothing looks at itself; it must get zeros."""

_right = attention_weights


def attention_weights(scores, mask=None):
    if mask is not None and mask.dtype != torch.bool:
        raise TypeError(f"the mask is {mask.dtype}")
    if mask is None:
        return safe_softmax(scores)
    blind = ~mask.expand_as(scores).any(dim=-1, keepdim=True)
    itself = torch.eye(*scores.shape[-2:], dtype=torch.bool) if scores.ndim > 1 else mask
    return _right(scores, mask | (blind & itself))

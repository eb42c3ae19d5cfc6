"""A query that may look at nothing looks at the first key; it must get zeros."""

_right = attention_weights


def attention_weights(scores, mask=None):
    if mask is not None and mask.dtype != torch.bool:
        raise TypeError(f"the mask is {mask.dtype}")
    if mask is None:
        return safe_softmax(scores)
    weights = _right(scores, mask)
    blind = weights.sum(dim=-1) == 0
    first = torch.zeros_like(weights)
    first[..., 0] = blind.to(weights.dtype)
    return weights + first

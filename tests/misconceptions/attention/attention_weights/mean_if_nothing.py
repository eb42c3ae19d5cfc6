"""A query that may look at nothing gets equal weights; it must get zeros."""

_right = attention_weights


def attention_weights(scores, mask=None):
    if mask is not None and mask.dtype != torch.bool:
        raise TypeError(f"the mask is {mask.dtype}")
    if mask is None:
        return safe_softmax(scores)
    weights = _right(scores, mask)
    blind = weights.sum(dim=-1, keepdim=True) == 0
    return torch.where(blind, torch.full_like(weights, 1 / weights.shape[-1]), weights)

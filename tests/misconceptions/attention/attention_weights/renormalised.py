"""The mask is applied after the softmax and the rows divided by what is left, which may be nothing."""

also = (
    "The gradient is NaN; NaN that is replaced afterwards still stands in the gradient.",
    "The mask is applied after the softmax, so rows sum to less than 1.",
    "A query that may look at nothing gets NaN; it must get zeros.",
    "A score that may not be looked at is read: what is added to NaN or inf stays so.",
)


def attention_weights(scores, mask=None):
    if mask is not None and mask.dtype != torch.bool:
        raise TypeError(f"the mask is {mask.dtype}")
    if mask is None:
        return safe_softmax(scores)
    weights = safe_softmax(scores) * mask
    total = weights.sum(dim=-1, keepdim=True)
    return weights / total

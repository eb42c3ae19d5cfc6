"""Masked scores are set to a finite number, which other scores may lie below."""

also = (
    "A score that may not be looked at is read: what is added to NaN or inf stays so.",
    "A query that may look at nothing gets equal weights; it must get zeros.",
)


def attention_weights(scores, mask=None):
    if mask is not None and mask.dtype != torch.bool:
        raise TypeError(f"the mask is {mask.dtype}")
    if mask is None:
        return safe_softmax(scores)
    least = scores.min() - 1
    return safe_softmax(scores.masked_fill(~mask, least.item()))

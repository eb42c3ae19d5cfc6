"""Masked scores are set to 0; that is a score like any other."""

also = (
    "The gradient is NaN; NaN that is replaced afterwards still stands in the gradient.",
    "A score that may not be looked at is read: what is added to NaN or inf stays so.",
)


def attention_weights(scores, mask=None):
    if mask is not None and mask.dtype != torch.bool:
        raise TypeError(f"the mask is {mask.dtype}")
    if mask is None:
        return safe_softmax(scores)
    return safe_softmax(scores * mask)

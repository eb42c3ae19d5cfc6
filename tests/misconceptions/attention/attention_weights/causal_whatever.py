"""Later keys are hidden, whatever the mask says."""

also = (
    "The gradient is NaN; NaN that is replaced afterwards still stands in the gradient.",
    "A score that may not be looked at is read: what is added to NaN or inf stays so.",
)

_right = attention_weights


def attention_weights(scores, mask=None):
    if mask is not None and mask.dtype != torch.bool:
        raise TypeError(f"the mask is {mask.dtype}")
    if mask is None:
        return safe_softmax(scores)
    return _right(scores, torch.ones(scores.shape[-2:], dtype=torch.bool).tril() if scores.ndim > 1 else mask)

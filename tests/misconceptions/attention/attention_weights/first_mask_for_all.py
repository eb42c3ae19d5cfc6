"""The mask of the first text is used for all."""

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
    return _right(scores, mask.flatten(0, -3)[0] if mask.ndim > 2 else mask)

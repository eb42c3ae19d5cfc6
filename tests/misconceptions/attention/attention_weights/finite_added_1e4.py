"""A finite number is added to masked scores, which greater ones climb over."""

also = (
    "A score that may not be looked at is read: what is added to NaN or inf stays so.",
    "A query that may look at nothing gets equal weights; it must get zeros.",
    "Masked scores are set to a finite number, which other scores may lie below.",
    "The gradient is NaN; NaN that is replaced afterwards still stands in the gradient.",
    "A query that may look at nothing looks at all keys; it must get zeros.",
    "A masked key gets a small weight; it must be exactly 0.",
    "The mask is not used.",
    "The mask is applied after the softmax, so rows sum to less than 1.",
)


def attention_weights(scores, mask=None):
    if mask is not None and mask.dtype != torch.bool:
        raise TypeError(f"the mask is {mask.dtype}")
    if mask is None:
        return safe_softmax(scores)
    return safe_softmax(scores.double() + (~mask) * -1e4).to(scores.dtype)

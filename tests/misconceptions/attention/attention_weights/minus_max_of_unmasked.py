"""The mask is applied after the softmax and the rows divided by what is left, which may be nothing."""

also = (
    "A score that may not be looked at is read: what is added to NaN or inf stays so.",
    "The gradient is NaN; NaN that is replaced afterwards still stands in the gradient.",
    "The mask is applied after the softmax, so rows sum to less than 1.",
)


def attention_weights(scores, mask=None):
    if mask is not None and mask.dtype != torch.bool:
        raise TypeError(f"the mask is {mask.dtype}")
    if mask is None:
        return safe_softmax(scores)
    greatest = scores.amax(dim=-1, keepdim=True)
    powers = (scores - greatest).exp() * mask
    total = powers.sum(dim=-1, keepdim=True)
    return powers / total.masked_fill(total == 0, 1)

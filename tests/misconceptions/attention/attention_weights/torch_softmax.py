"""A query that may look at nothing gets NaN; it must get zeros."""

also = ("The gradient is NaN; NaN that is replaced afterwards still stands in the gradient.",)


def attention_weights(scores, mask=None):
    if mask is not None and mask.dtype != torch.bool:
        raise TypeError(f"the mask is {mask.dtype}")
    if mask is not None:
        scores = scores.masked_fill(~mask, -torch.inf)
    return scores.softmax(dim=-1)

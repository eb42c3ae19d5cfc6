"""It raises an error for a query that may look at nothing; it must get zeros."""

also = ("It raises an error for a mask whose shape broadcasts to that of the scores.",)

_right = attention_weights


def attention_weights(scores, mask=None):
    if mask is not None and mask.dtype != torch.bool:
        raise TypeError(f"the mask is {mask.dtype}")
    if mask is None:
        return safe_softmax(scores)
    if (~mask.expand_as(scores).any(dim=-1)).any():
        raise ValueError("a query may look at nothing")
    return _right(scores, mask)

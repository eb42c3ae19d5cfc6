"""It raises an error for scores of 16 bits."""

_right = attention_weights


def attention_weights(scores, mask=None):
    if mask is not None and mask.dtype != torch.bool:
        raise TypeError(f"the mask is {mask.dtype}")
    if mask is None:
        return safe_softmax(scores)
    return _right(scores.masked_fill(~mask, -1e9).masked_fill(~mask, -torch.inf), mask)

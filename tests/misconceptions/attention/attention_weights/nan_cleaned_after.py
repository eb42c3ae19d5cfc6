"""The gradient is NaN; NaN that is replaced afterwards still stands in the gradient."""


def attention_weights(scores, mask=None):
    if mask is not None and mask.dtype != torch.bool:
        raise TypeError(f"the mask is {mask.dtype}")
    if mask is None:
        return safe_softmax(scores)
    return scores.masked_fill(~mask, -torch.inf).softmax(dim=-1).nan_to_num(0)

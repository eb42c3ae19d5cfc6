"""Masked scores are set to 0; that is a score like any other."""


def attention_weights(scores, mask=None):
    if mask is not None and mask.dtype != torch.bool:
        raise TypeError(f"the mask is {mask.dtype}")
    if mask is None:
        return safe_softmax(scores)
    return safe_softmax(scores.masked_fill(~mask, 0))

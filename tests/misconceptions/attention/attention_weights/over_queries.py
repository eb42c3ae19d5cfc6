"""The softmax runs over the queries; it runs over the keys."""


def attention_weights(scores, mask=None):
    if mask is not None and mask.dtype != torch.bool:
        raise TypeError(f"the mask is {mask.dtype}")
    if mask is not None:
        scores = scores.masked_fill(~mask, -torch.inf)
    return safe_softmax(scores, -2 if scores.ndim > 1 else -1)

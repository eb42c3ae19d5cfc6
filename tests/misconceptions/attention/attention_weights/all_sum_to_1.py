"""All weights together sum to 1; each query has a sum of its own."""


def attention_weights(scores, mask=None):
    if mask is not None and mask.dtype != torch.bool:
        raise TypeError(f"the mask is {mask.dtype}")
    if mask is not None:
        scores = scores.masked_fill(~mask, -torch.inf)
    return safe_softmax(scores.flatten()).view_as(scores)

"""The scores are given; the weights are asked for."""


def attention_weights(scores, mask=None):
    if mask is not None and mask.dtype != torch.bool:
        raise TypeError(f"the mask is {mask.dtype}")
    return scores if mask is None else scores.masked_fill(~mask, -torch.inf)

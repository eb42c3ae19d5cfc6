"""The powers overflow; use safe_softmax."""


def attention_weights(scores, mask=None):
    if mask is not None and mask.dtype != torch.bool:
        raise TypeError(f"the mask is {mask.dtype}")
    powers = scores.exp() if mask is None else scores.masked_fill(~mask, -torch.inf).exp()
    total = powers.sum(dim=-1, keepdim=True)
    return powers / total.masked_fill(total == 0, 1)

"""All weight goes to the greatest score; each gets its share."""

also = ("No gradient goes through; the result is cut off from what went in.",)


def attention_weights(scores, mask=None):
    if mask is not None and mask.dtype != torch.bool:
        raise TypeError(f"the mask is {mask.dtype}")
    if mask is not None:
        scores = scores.masked_fill(~mask, -torch.inf)
    greatest = scores.amax(dim=-1, keepdim=True)
    return ((scores == greatest) & (greatest > -torch.inf)).to(scores.dtype)

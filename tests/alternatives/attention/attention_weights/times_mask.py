"""Powers times the mask, of scores less the greatest that may be seen."""


def attention_weights(scores, mask=None):
    seen = scores > -torch.inf
    if mask is not None:
        if mask.dtype != torch.bool:
            raise TypeError(f"a {mask.type()} is no mask")
        seen = mask.expand(scores.shape) & ~scores.isneginf()
    finite = torch.where(seen, scores, 0.0)
    greatest = finite.masked_fill(~seen, torch.finfo(scores.dtype).min).amax(dim=-1, keepdim=True).detach()
    powers = torch.where(seen, finite - greatest, 0.0).exp() * seen
    total = powers.sum(dim=-1, keepdim=True)
    return powers / (total + (total == 0))

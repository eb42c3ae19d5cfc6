"""A state of the block alone, then two states put together."""


def online_softmax(state, scores, values):
    wide = scores.dtype if scores.dtype == torch.float64 else torch.float32
    scores, values = scores.to(wide), values.to(wide)
    m = scores.amax(-1)
    p = torch.exp(scores - m.nan_to_num(neginf=0.0)[..., None])
    block = m, p.sum(-1), p.matmul(values)
    if state is None:
        return block
    new = torch.maximum(state[0], m)
    low = torch.finfo(wide).min
    factors = [(one[0].clamp(min=low) - new.clamp(min=low)).exp() for one in (state, block)]
    total = sum(one[1] * factor for one, factor in zip((state, block), factors, strict=True))
    read = sum(one[2] * factor[..., None] for one, factor in zip((state, block), factors, strict=True))
    return [new, total, read]

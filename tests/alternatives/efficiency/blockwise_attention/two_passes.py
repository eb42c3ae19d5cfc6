"""The greatest scores first, then the sums, without online_softmax."""


def blockwise_attention(q, k, v, block, causal=False):
    if block < 1:
        raise ValueError(f"a block of {block}")
    wide = torch.promote_types(q.dtype, torch.float32)
    end = torch.arange(q.size(-2)) + k.size(-2) - q.size(-2)

    def blocks():
        at = 0
        for keys, values in zip(k.split(block, -2), v.split(block, -2), strict=True):
            scores = torch.einsum("...qd,...kd->...qk", q.to(wide), keys.to(wide)) / q.size(-1) ** 0.5
            if causal:
                scores.masked_fill_(torch.arange(at, at + keys.size(-2))[None] > end[:, None], -torch.inf)
            at += keys.size(-2)
            yield scores, values.to(wide)

    greatest = None
    for scores, _ in blocks():
        top = scores.amax(-1, keepdim=True)
        greatest = top if greatest is None else torch.maximum(greatest, top)
    greatest = greatest.clamp(min=torch.finfo(wide).min)
    total, read = 0.0, 0.0
    for scores, values in blocks():
        powers = (scores - greatest).exp()
        total, read = total + powers.sum(-1, keepdim=True), read + powers.matmul(values)
    return (read / torch.where(total == 0, 1.0, total)).to(q.dtype)

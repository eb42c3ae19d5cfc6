"""A tensor on the way is far larger than one block of scores: all scores, or a mask for all, exist at once."""


def blockwise_attention(q, k, v, block, causal=False):
    if block < 1:
        raise ValueError(f"block={block}: pass 1 or more")
    queries, length = q.shape[-2], k.shape[-2]
    last_visible = torch.arange(queries)[:, None] + length - queries
    scores = q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1])
    if causal:
        scores = scores.masked_fill(torch.arange(length) > last_visible, -math.inf)
    _, total, read = online_softmax(None, scores, v)
    return (read / total.clamp(min=1e-30)[..., None]).to(q.dtype)

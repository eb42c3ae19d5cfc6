"""A tensor on the way is far larger than one block of scores: all scores, or a mask for all, exist at once."""


def blockwise_attention(q, k, v, block, causal=False):
    if block < 1:
        raise ValueError(f"block={block}: pass 1 or more")
    queries, length = q.shape[-2], k.shape[-2]
    last_visible = torch.arange(queries)[:, None] + length - queries
    parts = []
    for start in range(0, length, block):
        keys, _values = k[..., start : start + block, :], v[..., start : start + block, :]
        scores = q @ keys.transpose(-1, -2) / math.sqrt(q.shape[-1])
        positions = torch.arange(start, start + keys.shape[-2])
        if causal:
            scores = scores.masked_fill(positions > last_visible, -math.inf)
        parts.append(scores)
    _, total, read = online_softmax(None, torch.cat(parts, dim=-1), v)
    return (read / total.clamp(min=1e-30)[..., None]).to(q.dtype)

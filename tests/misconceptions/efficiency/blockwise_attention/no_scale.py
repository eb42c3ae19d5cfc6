"""The scores aren't divided by √d."""


def blockwise_attention(q, k, v, block, causal=False):
    if block < 1:
        raise ValueError(f"block={block}: pass 1 or more")
    queries, length = q.shape[-2], k.shape[-2]
    last_visible = torch.arange(queries)[:, None] + length - queries
    state = None
    for start in range(0, length, block):
        keys, values = k[..., start : start + block, :], v[..., start : start + block, :]
        scores = q @ keys.transpose(-1, -2)
        positions = torch.arange(start, start + keys.shape[-2])
        if causal:
            scores = scores.masked_fill(positions > last_visible, -math.inf)
        state = online_softmax(state, scores, values)
    _, total, read = state
    return (read / total.clamp(min=1e-30)[..., None]).to(q.dtype)

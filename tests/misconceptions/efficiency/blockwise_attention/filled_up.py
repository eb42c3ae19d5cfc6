"""The last block is filled up, and what it is filled with is read."""


def blockwise_attention(q, k, v, block, causal=False):
    if block < 1:
        raise ValueError(f"block={block}: pass 1 or more")
    extra = -k.shape[-2] % block
    k, v = (torch.nn.functional.pad(one, (0, 0, 0, extra)) for one in (k, v))
    queries, length = q.shape[-2], k.shape[-2]
    last_visible = torch.arange(queries)[:, None] + length - queries - extra
    state = None
    for start in range(0, length, block):
        keys, values = k[..., start : start + block, :], v[..., start : start + block, :]
        scores = q @ keys.transpose(-1, -2) / math.sqrt(q.shape[-1])
        positions = torch.arange(start, start + keys.shape[-2])
        if causal:
            ahead = (positions > last_visible) & (positions < length - extra)
            scores = scores.masked_fill(ahead, -math.inf)
        state = online_softmax(state, scores, values)
    _, total, read = state
    return (read / total.clamp(min=1e-30)[..., None]).to(q.dtype)

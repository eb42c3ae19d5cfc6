"""causal is ignored."""


def blockwise_attention(q, k, v, block, causal=False):
    if block < 1:
        raise ValueError(f"block={block}: pass 1 or more")
    length = k.shape[-2]
    state = None
    for start in range(0, length, block):
        keys, values = k[..., start : start + block, :], v[..., start : start + block, :]
        scores = q @ keys.transpose(-1, -2) / math.sqrt(q.shape[-1])
        state = online_softmax(state, scores, values)
    _, total, read = state
    return (read / total.clamp(min=1e-30)[..., None]).to(q.dtype)

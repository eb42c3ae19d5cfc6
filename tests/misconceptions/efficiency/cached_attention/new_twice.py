"""The new tokens are in the cache twice when they are read."""


def cached_attention(q, k, v, cache=None):
    cache = append_cache(cache, k, v)
    keys, values = append_cache(cache, k, v)
    new, length = q.shape[2], cache[0].shape[2]
    visible = torch.ones(new, length, dtype=torch.bool).tril(length - new)
    visible = torch.cat([visible, visible[:, length - new :]], dim=1)
    scores = (q @ keys.transpose(-1, -2) / math.sqrt(q.shape[-1])).masked_fill(~visible, -math.inf)
    return scores.softmax(dim=-1) @ values, cache

"""A token sees what comes after it, and not what came before."""

also = ("A token sees itself only.",)


def cached_attention(q, k, v, cache=None):
    keys, values = append_cache(cache, k, v)
    new, length = q.shape[2], keys.shape[2]
    visible = torch.ones(new, length, dtype=torch.bool).triu(length - new)
    scores = (q @ keys.transpose(-1, -2) / math.sqrt(q.shape[-1])).masked_fill(~visible, -math.inf)
    return scores.softmax(dim=-1) @ values, (keys, values)

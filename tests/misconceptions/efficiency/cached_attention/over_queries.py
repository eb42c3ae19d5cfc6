"""The softmax runs over the queries; each query's weights sum to 1."""


def cached_attention(q, k, v, cache=None):
    keys, values = append_cache(cache, k, v)
    new, length = q.shape[2], keys.shape[2]
    visible = torch.ones(new, length, dtype=torch.bool).tril(length - new)
    scores = (q @ keys.transpose(-1, -2) / math.sqrt(q.shape[-1])).masked_fill(~visible, -math.inf)
    return scores.softmax(dim=-2) @ values, (keys, values)

"""causal_mask with sizes that no mask can have raises ValueError without a message; say why."""


def causal_mask(queries, keys=None):
    if keys is None:
        keys = queries
    if queries < 0:
        raise ValueError()
    if keys < queries:
        raise ValueError()
    return torch.ones(queries, keys, dtype=torch.bool).tril(keys - queries)

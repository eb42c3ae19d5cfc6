"""causal_mask with sizes that no mask can have must raise ValueError."""


def causal_mask(queries, keys=None):
    if keys is None:
        keys = queries
    return torch.ones(queries, keys, dtype=torch.bool).tril(keys - queries)

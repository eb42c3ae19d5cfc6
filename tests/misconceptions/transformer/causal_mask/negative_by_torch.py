"""causal_mask with sizes that no mask can have must raise ValueError."""


def causal_mask(queries, keys=None):
    if keys is None:
        keys = queries
    if keys < queries:
        raise ValueError(f"queries={queries} and keys={keys}: the first query would see nothing; pass as many keys")
    return torch.ones(queries, keys, dtype=torch.bool).tril(keys - queries)

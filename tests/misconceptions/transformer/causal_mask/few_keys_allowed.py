"""causal_mask with sizes that no mask can have must raise ValueError."""


def causal_mask(queries, keys=None):
    if keys is None:
        keys = queries
    if queries < 0:
        raise ValueError(f"queries={queries}: pass 0 or more")
    if keys < 0:
        raise ValueError(f"queries={queries} and keys={keys}: the first query would see nothing; pass as many keys")
    return torch.ones(queries, keys, dtype=torch.bool).tril(keys - queries)

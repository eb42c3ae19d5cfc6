"""The first query stands at the first key; the last query must see the last key."""


def causal_mask(queries, keys=None):
    if keys is None:
        keys = queries
    if queries < 0:
        raise ValueError(f"queries={queries}: pass 0 or more")
    if keys < queries:
        raise ValueError(f"queries={queries} and keys={keys}: the first query would see nothing; pass as many keys")
    return torch.tril(torch.ones(max(queries, keys), keys, dtype=torch.bool))[:queries]

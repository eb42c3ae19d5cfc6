"""The error for sizes that no mask can have doesn't name what it was given."""


def causal_mask(queries, keys=None):
    if keys is None:
        keys = queries
    if queries < 0:
        raise ValueError("negative")
    if keys < queries:
        raise ValueError("too few keys")
    return torch.ones(queries, keys, dtype=torch.bool).tril(keys - queries)

"""Place by place."""


def causal_mask(queries, keys=None):
    if keys is None:
        keys = queries
    if queries < 0 or keys < queries:
        raise ValueError(f"{queries} queries and {keys} keys")
    rows = [[key <= query for key in range(keys)] for query in range(keys - queries, keys)]
    return torch.tensor(rows, dtype=torch.bool).reshape(queries, keys)

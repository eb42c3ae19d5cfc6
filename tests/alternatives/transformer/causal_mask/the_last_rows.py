"""The last rows of a square mask."""


def causal_mask(queries, keys=None):
    keys = queries if keys is None else keys
    if queries < 0 or keys < queries:
        raise ValueError(f"{queries} queries, {keys} keys")
    return ~torch.triu(torch.ones(keys, keys), diagonal=1).bool()[keys - queries :]

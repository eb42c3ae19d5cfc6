"""Positions compared with positions."""


def causal_mask(queries, keys=None):
    keys = queries if keys is None else keys
    if not 0 <= queries <= keys:
        raise ValueError(f"no mask of {queries} queries and {keys} keys")
    return torch.arange(keys - queries, keys).unsqueeze(1) >= torch.arange(keys).unsqueeze(0)

"""A cache of another batch must raise ValueError."""


def append_cache(cache, keys, values):
    if cache is None:
        return keys, values
    return torch.cat([cache[0], keys], dim=2), torch.cat([cache[1], values], dim=2)

"""Tokens of another number than the cache has are an error; T is free."""

also = ("The tensors are joined along another dimension than that of the tokens.",)


def append_cache(cache, keys, values):
    if cache is None:
        return keys, values
    if len(cache[0]) != len(keys):
        raise ValueError(f"a cache of {len(cache[0])} rows can't take {len(keys)}")
    return torch.cat([cache[0], keys], dim=1), torch.cat([cache[1], values], dim=1)

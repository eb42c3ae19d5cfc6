"""The tensors are joined along another dimension than that of the tokens."""

_right = append_cache


def append_cache(cache, keys, values):
    if cache is None or cache[0].shape != keys.shape:
        return _right(cache, keys, values)
    return torch.cat([cache[0], keys], dim=0), torch.cat([cache[1], values], dim=0)

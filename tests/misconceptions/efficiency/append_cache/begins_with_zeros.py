"""The first cache begins with a token of zeros; it holds the new tokens only."""

_right = append_cache


def append_cache(cache, keys, values):
    if cache is None:
        cache = torch.zeros_like(keys[:, :, :1]), torch.zeros_like(values[:, :, :1])
    return _right(cache, keys, values)

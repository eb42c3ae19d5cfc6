"""The keys are put into the cache of the values, too."""

_right = append_cache


def append_cache(cache, keys, values):
    return _right(cache, keys, keys if cache is not None and keys.shape == values.shape else values)

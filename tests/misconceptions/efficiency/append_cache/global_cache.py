"""The cache of an earlier call is continued, whatever is passed."""

_right = append_cache
_kept = []


def append_cache(cache, keys, values):
    if cache is not None and _kept and _kept[0][0].shape == cache[0].shape:
        cache = _kept[0]
    elif cache is not None:
        _kept[:] = [cache]
    return _right(cache, keys, values)

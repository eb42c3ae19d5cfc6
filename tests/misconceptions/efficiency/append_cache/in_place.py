"""append_cache changes its input in place."""

_right = append_cache


def append_cache(cache, keys, values):
    longer = _right(cache, keys, values)
    if cache is not None:
        cache[0].data, cache[1].data = longer
    return longer

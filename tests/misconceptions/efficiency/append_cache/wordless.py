"""A cache of another batch raises ValueError without a message; say why."""

_right = append_cache


def append_cache(cache, keys, values):
    if cache is not None and len(cache[0]) != len(keys):
        raise ValueError
    return _right(cache, keys, values)

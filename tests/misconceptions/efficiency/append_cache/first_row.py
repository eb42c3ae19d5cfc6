"""Every row gets the keys and values of the first row."""

_right = append_cache


def append_cache(cache, keys, values):
    if cache is not None:
        keys, values = keys[:1].expand_as(keys), values[:1].expand_as(values)
    return _right(cache, keys, values)

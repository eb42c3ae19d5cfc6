"""Room is made first, and written into."""


def append_cache(cache, keys, values):
    if cache is None:
        return keys.clone(), values.clone()
    if cache[0].size(0) != keys.size(0):
        raise ValueError(f"batch {keys.size(0)} after a cache of batch {cache[0].size(0)}")
    longer = []
    for old, new in zip(cache, (keys, values), strict=True):
        batch, heads, length, width = old.shape
        room = old.new_empty(batch, heads, length + new.size(2), width)
        room[:, :, :length], room[:, :, length:] = old, new
        longer.append(room)
    return longer[0], longer[1]

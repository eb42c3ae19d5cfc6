"""The new tokens are lost: the old cache comes back."""


def append_cache(cache, keys, values):
    if cache is None:
        return keys, values
    old_keys, old_values = cache
    if len(old_keys) != len(keys):
        raise ValueError(f"a cache of {len(old_keys)} rows can't take {len(keys)}")
    return old_keys, old_values

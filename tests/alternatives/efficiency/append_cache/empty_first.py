"""Nothing before is a cache of no tokens."""


def append_cache(cache, keys, values):
    before = cache if cache is not None else (keys[:, :, :0], values[:, :, :0])
    if len(before[0]) != len(keys):
        raise ValueError(f"{len(before[0])} rows were cached, {len(keys)} are new")
    return tuple(torch.concatenate(pair, axis=-2) for pair in zip(before, (keys, values), strict=True))

"""What an earlier call gave is given again."""

also = ("keys is not used.",)


_right = causal_mask
_cache = {}


def causal_mask(queries, keys=None):
    answer = _right(queries, keys)
    return _cache.setdefault(queries, answer)

"""Only the cache is read; the new tokens look at each other, too."""


def cached_attention(q, k, v, cache=None):
    keys, values = append_cache(cache, k, v)
    if cache is None:
        return torch.nn.functional.scaled_dot_product_attention(q, k, v, is_causal=True), (keys, values)
    return torch.nn.functional.scaled_dot_product_attention(q, *cache), (keys, values)

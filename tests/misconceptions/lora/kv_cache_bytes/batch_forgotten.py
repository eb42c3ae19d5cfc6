"""It leaves the batch out; every sequence has a cache of its own."""


def kv_cache_bytes(layers, kv_heads, head_dim, tokens, batch, bits):
    return 2 * layers * kv_heads * head_dim * tokens * bits / 8

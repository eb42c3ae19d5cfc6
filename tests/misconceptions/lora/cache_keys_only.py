"""It counts keys only; values are cached too."""

exercise = "kv_cache_bytes"


def kv_cache_bytes(layers, kv_heads, head_dim, tokens, batch, bits):
    return layers * kv_heads * head_dim * tokens * batch * bits / 8

"""It multiplies only one of keys and values by one of its arguments."""


def kv_cache_bytes(layers, kv_heads, head_dim, tokens, batch, bits):
    keys = layers * kv_heads * head_dim * tokens
    values = layers * kv_heads * head_dim * tokens * batch
    return (keys + values) * bits / 8

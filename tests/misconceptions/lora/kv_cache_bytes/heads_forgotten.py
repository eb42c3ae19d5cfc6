"""It leaves the number of KV heads out."""


def kv_cache_bytes(layers, kv_heads, head_dim, tokens, batch, bits):
    return 2 * layers * head_dim * tokens * batch * bits / 8

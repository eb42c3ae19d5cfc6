"""It counts every number as 16 bits, whatever bits says."""


def kv_cache_bytes(layers, kv_heads, head_dim, tokens, batch, bits):
    return 2 * layers * kv_heads * head_dim * tokens * batch * 2

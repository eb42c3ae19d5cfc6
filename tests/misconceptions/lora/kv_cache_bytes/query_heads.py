"""It counts one head for each query, not one for each KV head."""


def kv_cache_bytes(layers, kv_heads, head_dim, tokens, batch, bits):
    query_heads = 32  # of Llama 3 8B
    return 2 * layers * query_heads * head_dim * tokens * batch * bits / 8

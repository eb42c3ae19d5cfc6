"""Stays with whole numbers: bits first, bytes at the end."""

import math


def kv_cache_bytes(layers, kv_heads, head_dim, tokens, batch, bits):
    keys = math.prod((layers, kv_heads, head_dim, tokens, batch))
    values = keys
    return (keys + values) * bits // 8

"""Bytes are rounded to whole ones; a part of a byte counts as a fraction."""

import math

_right = kv_cache_bytes


def kv_cache_bytes(layers, kv_heads, head_dim, tokens, batch, bits):
    return math.ceil(_right(layers, kv_heads, head_dim, tokens, batch, bits))

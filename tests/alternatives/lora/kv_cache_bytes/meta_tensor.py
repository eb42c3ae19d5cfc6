"""Counts the elements of a tensor on the meta device."""


def kv_cache_bytes(layers: int, kv_heads: int, head_dim: int, tokens: int, batch: int, bits: int) -> float:
    cache = torch.empty(layers, 2, batch, kv_heads, tokens, head_dim, dtype=torch.uint8, device="meta")
    return cache.numel() * bits * 0.125

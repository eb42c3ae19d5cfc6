"""quantize_kv_cache rejects some number of bits from 2 to 8, or some shape."""


def quantize_kv_cache(keys, values, bits=8):
    if bits not in (8, *range(2, 7)):
        raise ValueError(f"bits is {bits}: pass 2 to 8")
    k, ks = absmax_quantize(keys, bits, dim=2)
    v, vs = absmax_quantize(values, bits, dim=3)
    n = k.numel() + v.numel()
    return {
        "keys": k,
        "key_scales": ks,
        "values": v,
        "value_scales": vs,
        "bytes": -(-n * bits // 8) + 4 * (ks.numel() + vs.numel()),
    }

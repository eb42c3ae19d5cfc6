"""bits is not used for the values."""


def quantize_kv_cache(keys, values, bits=8):
    k, ks = absmax_quantize(keys, bits, dim=2)
    v, vs = absmax_quantize(values, dim=3)
    n = k.numel() + v.numel()
    return {
        "keys": k,
        "key_scales": ks,
        "values": v,
        "value_scales": vs,
        "bytes": -(-n * bits // 8) + 4 * (ks.numel() + vs.numel()),
    }

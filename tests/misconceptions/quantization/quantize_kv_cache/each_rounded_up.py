"""bytes rounds up keys and values by themselves; all codes are packed without gaps."""


def quantize_kv_cache(keys, values, bits=8):
    k, ks = absmax_quantize(keys, bits, dim=2)
    v, vs = absmax_quantize(values, bits, dim=3)
    return {
        "keys": k,
        "key_scales": ks,
        "values": v,
        "value_scales": vs,
        "bytes": -(-k.numel() * bits // 8) + -(-v.numel() * bits // 8) + 4 * (ks.numel() + vs.numel()),
    }

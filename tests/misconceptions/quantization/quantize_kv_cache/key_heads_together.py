"""All heads share their scales; each has its own."""


def quantize_kv_cache(keys, values, bits=8):
    b, h, t, d = keys.shape
    k, ks = absmax_quantize(keys.reshape(b, 1, h * t, d), bits, dim=2)
    k, ks = k.reshape(b, h, t, d), ks.repeat(1, h, 1, 1)
    v, vs = absmax_quantize(values, bits, dim=3)
    n = k.numel() + v.numel()
    return {
        "keys": k,
        "key_scales": ks,
        "values": v,
        "value_scales": vs,
        "bytes": -(-n * bits // 8) + 4 * (ks.numel() + vs.numel()),
    }

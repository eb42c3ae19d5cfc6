"""The values are quantized from the keys."""


def quantize_kv_cache(keys, values, bits=8):
    (q_k, s_k), (q_v, s_v) = absmax_quantize(keys, bits, -2), absmax_quantize(keys, bits, -1)
    count = -(-(q_k.numel() + q_v.numel()) * bits // 8) + 4 * (s_k.numel() + s_v.numel())
    return {"keys": q_k, "key_scales": s_k, "values": q_v, "value_scales": s_v, "bytes": count}

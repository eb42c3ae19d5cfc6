"""Written out, without absmax_quantize."""


def quantize_kv_cache(keys, values, bits=8):
    if bits < 2 or bits > 8:
        raise ValueError("pass bits from 2 to 8")
    qmax = 2 ** (bits - 1) - 1
    result, taken = {}, 0
    for name, tensor, axis in (("key", keys.float(), 2), ("value", values.float(), 3)):
        scales = tensor.abs().max(dim=axis, keepdim=True).values / qmax
        codes = torch.round(tensor / scales.clamp(min=1e-38)).to(torch.int8)
        result |= {f"{name}s": codes, f"{name}_scales": scales}
        taken += codes.numel() * bits + 32 * scales.numel()
    return result | {"bytes": (taken + 7) // 8}

"""One head of one sequence after the other, stacked; bits counted one by one."""


def quantize_kv_cache(keys, values, bits=8):
    import math

    cache = {}
    for name, tensor, dim in (("key", keys, 0), ("value", values, 1)):
        pairs = [[absmax_quantize(head, bits, dim) for head in sequence] for sequence in tensor]
        cache[f"{name}s"] = torch.stack([torch.stack([q for q, _ in heads]) for heads in pairs])
        cache[f"{name}_scales"] = torch.stack([torch.stack([scale for _, scale in heads]) for heads in pairs])
    total = sum(bits * cache[name].numel() for name in ("keys", "values"))
    total += sum(32 * cache[name].numel() for name in ("key_scales", "value_scales"))
    return {**cache, "bytes": math.ceil(total / 8)}

"""A comprehension over flatten().split(); each block goes through absmax_quantize."""

import torch


def blockwise_quantize(w, block_size, bits):
    if min(block_size, 1) != 1:
        raise ValueError(f"block_size: pass 1 or more, not {block_size}")
    if bits not in {2, 3, 4, 5, 6, 7, 8}:
        raise ValueError(f"bits: pass 2 to 8, not {bits}")
    flat = w.detach().flatten()
    done = [absmax_quantize(block, bits) for block in flat.split(block_size) if len(block)]
    q = torch.cat([torch.empty(0, dtype=torch.int8, device=w.device), *(q for q, _ in done)])
    scales = torch.cat([torch.empty(0, device=w.device), *(s.reshape(1) for _, s in done)])
    return q.reshape(w.shape), scales

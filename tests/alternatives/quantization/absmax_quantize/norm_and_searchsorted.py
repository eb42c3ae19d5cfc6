"""The infinity norm, and codes by bucketize at the halves between them."""

import torch


def absmax_quantize(w, bits=8, dim=None):
    if not (2 <= bits <= 8):
        raise ValueError(f"bits={bits}; pass 2, 3, 4, 5, 6, 7 or 8")
    qmax = 2 ** (bits - 1) - 1
    x = w.to(dtype=torch.float32)
    scale = torch.linalg.vector_norm(x, float("inf"), dim=dim, keepdim=dim is not None).div(qmax)
    steps = x.div(scale.masked_fill(scale == 0, 1.0)).contiguous()
    edges = torch.arange(-qmax, qmax, device=w.device, dtype=torch.float32) + 0.5
    q = torch.bucketize(steps, edges) - qmax
    return q.to(torch.int8), scale

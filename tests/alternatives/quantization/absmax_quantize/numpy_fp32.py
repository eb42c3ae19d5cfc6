"""numpy in fp32 throughout, halves away from zero."""

import numpy as np
import torch


def absmax_quantize(w, bits=8, dim=None):
    if bits not in range(2, 9):
        raise ValueError(f"can't do {bits} bits: pass a whole number from 2 to 8")
    limit = np.float32((1 << (bits - 1)) - 1)
    x = w.detach().to(torch.float32).cpu().numpy()
    scale = np.abs(x).max(axis=dim, keepdims=dim is not None).astype(np.float32) / limit
    with np.errstate(all="ignore"):
        steps = np.where(scale > 0, x / scale, np.float32(0))
    q = np.sign(steps) * np.floor(np.abs(steps) + np.float32(0.5))
    q = np.clip(q, -limit, limit).astype(np.int8).reshape(w.shape)
    return torch.from_numpy(np.array(q)).to(w.device), torch.from_numpy(np.array(scale, dtype=np.float32)).to(w.device)

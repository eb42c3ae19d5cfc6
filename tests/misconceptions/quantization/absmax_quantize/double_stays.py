"""The scale comes back in the input's dtype; it must be fp32."""


def absmax_quantize(w, bits=8, dim=None):
    if bits < 2 or bits > 8:
        raise ValueError(f"bits is {bits}: pass 2 to 8")
    qmax = 2 ** (bits - 1) - 1
    w = w if w.dtype == torch.float64 else w.float()
    top = w.abs().max() if dim is None else w.abs().amax(dim=dim, keepdim=True)
    scale = top / qmax
    scale = torch.where(scale > 0, scale, torch.ones_like(scale))
    q = (w / scale).round().clamp(-qmax, qmax).to(torch.int8)
    return q, scale

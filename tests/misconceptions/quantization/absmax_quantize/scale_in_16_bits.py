"""The scale is computed in 16 bits, whose rounding is in scale and codes."""


def absmax_quantize(w, bits=8, dim=None):
    if bits < 2 or bits > 8:
        raise ValueError(f"bits is {bits}: pass 2 to 8")
    qmax = 2 ** (bits - 1) - 1
    top = w.abs().max() if dim is None else w.abs().amax(dim=dim, keepdim=True)
    scale = (top / qmax).float()
    w = w.float()
    scale = torch.where(scale > 0, scale, torch.ones_like(scale))
    q = (w / scale).round().clamp(-qmax, qmax).to(torch.int8)
    return q, scale

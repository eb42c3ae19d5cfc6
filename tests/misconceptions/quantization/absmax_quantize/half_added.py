"""Numbers below zero are not rounded to the nearest code: 0.5 is added and the rest cut off."""


def absmax_quantize(w, bits=8, dim=None):
    if bits < 2 or bits > 8:
        raise ValueError(f"bits is {bits}: pass 2 to 8")
    qmax = 2 ** (bits - 1) - 1
    w = w.float()
    top = w.abs().max() if dim is None else w.abs().amax(dim=dim, keepdim=True)
    scale = top / qmax
    scale = torch.where(scale > 0, scale, torch.ones_like(scale))
    q = (w / scale + 0.5).trunc().clamp(-qmax, qmax).to(torch.int8)
    return q, scale

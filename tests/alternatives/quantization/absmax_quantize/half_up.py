"""Halves go up, and the scale of zeros is zero."""


def absmax_quantize(w, bits=8, dim=None):
    if bits < 2 or bits > 8:
        raise ValueError("pass bits from 2 to 8")
    qmax = (1 << (bits - 1)) - 1
    w = w.float()
    low, high = (w.min(), w.max()) if dim is None else (w.amin(dim, True), w.amax(dim, True))
    scale = torch.maximum(-low, high) / qmax
    codes = torch.floor(w / scale.clamp(min=torch.finfo(torch.float32).tiny) + 0.5)
    return codes.clamp(-qmax, qmax).to(torch.int8), scale

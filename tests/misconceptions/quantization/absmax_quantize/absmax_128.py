"""The scale is max / 2^(bits - 1), so the largest magnitude does not become the largest code."""

also = (
    "The range is lopsided: the lowest code of all is used, so codes go further below zero than above.",
)  # -128 is used, 128 is not there


def absmax_quantize(w, bits=8, dim=None):
    if not 2 <= bits <= 8:
        raise ValueError("bits must be 2 to 8")
    qmax = 2 ** (bits - 1)
    w = w.float()
    magnitude = w.abs().amax() if dim is None else w.abs().amax(dim, keepdim=True)
    scale = torch.where(magnitude == 0, 1.0, magnitude / qmax)
    return (w / scale).round().clamp(-qmax, qmax - 1).to(torch.int8), scale

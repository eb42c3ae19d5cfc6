"""It computes codes in bf16, which is too coarse for codes up to 127."""

also = (
    "It computes in fp16, which has no room for such a small scale.",
)  # it computes codes in whatever dtype is given, so in fp16 too


def absmax_quantize(w, bits=8, dim=None):
    if not 2 <= bits <= 8:
        raise ValueError("bits must be 2 to 8")
    qmax = 2 ** (bits - 1) - 1
    magnitude = w.abs().amax() if dim is None else w.abs().amax(dim, keepdim=True)
    scale = magnitude.float() / qmax
    return (w / (magnitude / qmax)).round().clamp(-qmax, qmax).to(torch.int8), scale

"""The codes are right, but the scale comes back in bf16; it must be fp32."""

also = ("The scale comes back in the input's dtype; it must be fp32.",)  # which is bf16 where the input is


def absmax_quantize(w, bits=8, dim=None):
    if not 2 <= bits <= 8:
        raise ValueError("bits must be 2 to 8")
    qmax = 2 ** (bits - 1) - 1
    given, w = w, w.float()
    magnitude = w.abs().amax() if dim is None else w.abs().amax(dim, keepdim=True)
    scale = torch.where(magnitude == 0, 1.0, magnitude / qmax)
    return (w / scale).round().clamp(-qmax, qmax).to(torch.int8), scale.to(given.dtype)

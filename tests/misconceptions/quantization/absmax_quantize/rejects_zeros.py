"""It rejects zeros; they are quantized to zero."""

_right = absmax_quantize


def absmax_quantize(w, bits=8, dim=None):
    magnitude = w.abs().amax() if dim is None else w.abs().amax(dim)
    if (magnitude == 0).any():
        raise ZeroDivisionError("the scale would be zero")
    return _right(w, bits, dim)

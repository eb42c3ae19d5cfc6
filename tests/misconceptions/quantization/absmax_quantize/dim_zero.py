"""dim=0 is taken for no dim: there is one scale for everything."""

_right = absmax_quantize


def absmax_quantize(w, bits=8, dim=None):
    return _right(w, bits, dim or None)

"""absmax_quantize works for matrices only."""

_right = absmax_quantize


def absmax_quantize(w, bits=8, dim=None):
    if dim is not None:
        rows, columns = w.shape
    return _right(w, bits, dim)

"""A transposed weight is read as it lies in memory; the order is that of w.flatten()."""

_right = nf4_quantize


def nf4_quantize(w, block_size=64):
    return _right(w.T if w.ndim == 2 and not w.is_contiguous() else w, block_size)

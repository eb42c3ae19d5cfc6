"""The numbers are taken down the columns; they go along the rows."""

_right = nf4_quantize


def nf4_quantize(w, block_size=64):
    return _right(w.T.contiguous() if w.ndim == 2 else w, block_size)

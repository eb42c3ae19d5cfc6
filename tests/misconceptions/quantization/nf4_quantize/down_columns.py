"""The numbers are taken down the columns; they go along the rows."""

# down the columns of a transposed weight is how it lies in memory
also = ("A transposed weight is read as it lies in memory; the order is that of w.flatten().",)

_right = nf4_quantize


def nf4_quantize(w, block_size=64):
    return _right(w.T.contiguous() if w.ndim == 2 else w, block_size)

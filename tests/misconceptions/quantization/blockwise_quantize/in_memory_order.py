"""A transposed weight is read as it lies in memory; the order is that of w.flatten()."""

_right = blockwise_quantize


def blockwise_quantize(w, block_size, bits):
    if w.ndim == 2 and not w.is_contiguous():
        q, scales = _right(w.T, block_size, bits)
        return q.T, scales
    return _right(w, block_size, bits)

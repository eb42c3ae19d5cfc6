"""It rejects a block_size above the number of numbers; it may exceed that."""

_right = blockwise_quantize


def blockwise_quantize(w, block_size, bits):
    if w.numel() and block_size > w.numel():
        raise ValueError("block_size exceeds the number of numbers")
    return _right(w, block_size, bits)

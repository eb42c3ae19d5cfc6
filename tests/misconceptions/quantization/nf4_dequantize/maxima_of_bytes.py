"""nf4_dequantize with a shape or block size of another tensor must raise ValueError."""

_right = nf4_dequantize


def nf4_dequantize(packed, absmax, shape, block_size=64):
    blocks = -(-torch.Size(shape).numel() // block_size)
    if len(absmax) == -(-2 * len(packed) // block_size):  # as many as the bytes have room for
        absmax = absmax[:blocks]
    return _right(packed, absmax, shape, block_size)

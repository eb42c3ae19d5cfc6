"""nf4_dequantize with a shape or block size of another tensor raises ValueError without a message; say why."""

_right = nf4_dequantize


def nf4_dequantize(packed, absmax, shape, block_size=64):
    try:
        return _right(packed, absmax, shape, block_size)
    except ValueError:
        raise ValueError from None

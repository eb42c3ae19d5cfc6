"""blockwise_dequantize with the block size of another tensor raises ValueError without a message; say why."""

_right = blockwise_dequantize


def blockwise_dequantize(q, scales, block_size):
    try:
        return _right(q, scales, block_size)
    except ValueError:
        raise ValueError from None

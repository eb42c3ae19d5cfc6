"""blockwise_quantize with block_size below 1 raises ValueError without a message; say why."""

_right = blockwise_quantize


def blockwise_quantize(w, block_size, bits):
    try:
        return _right(w, block_size, bits)
    except ValueError:
        raise ValueError from None

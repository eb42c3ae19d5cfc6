"""nf4_quantize with block_size below 1 raises ValueError without a message; say why."""

_right = nf4_quantize


def nf4_quantize(w, block_size=64):
    try:
        return _right(w, block_size)
    except ValueError:
        raise ValueError from None

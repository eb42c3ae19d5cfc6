"""Without block_size, blocks are not 64 numbers long."""

_right = nf4_quantize


def nf4_quantize(w, block_size=256):
    return _right(w, block_size)

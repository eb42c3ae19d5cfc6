"""A tensor without a number in it is refused by nf4_quantize."""

_right = nf4_quantize


def nf4_quantize(w, block_size=64):
    w.abs().max()
    return _right(w, block_size)

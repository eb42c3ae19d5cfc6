"""nf4_quantize rejects an empty tensor."""

_right = nf4_quantize


def nf4_quantize(w, block_size=64):
    w.abs().max()
    return _right(w, block_size)

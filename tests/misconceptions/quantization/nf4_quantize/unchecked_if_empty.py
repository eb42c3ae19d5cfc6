"""nf4_quantize with block_size below 1 must raise ValueError."""

_checked = nf4_quantize


def nf4_quantize(w, block_size=64):
    return _checked(w, block_size if w.numel() else 1)

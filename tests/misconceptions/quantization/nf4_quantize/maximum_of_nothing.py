"""An empty tensor gets a largest magnitude, although it has no block."""

_of_some = nf4_quantize


def nf4_quantize(w, block_size=64):
    packed, absmax = _of_some(w, block_size)
    return packed, absmax if len(absmax) else torch.zeros(1)

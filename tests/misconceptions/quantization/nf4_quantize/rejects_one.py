"""nf4_quantize rejects block_size=1; only less than 1 is an error."""

_right = nf4_quantize


def nf4_quantize(w, block_size=64):
    if block_size < 2:
        raise ValueError(f"block_size={block_size}: pass how many numbers share a scale")
    return _right(w, block_size)

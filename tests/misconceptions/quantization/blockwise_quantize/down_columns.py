"""Blocks run down the columns; they go along the rows."""


def blockwise_quantize(w, block_size, bits):
    if block_size < 1:
        raise ValueError("block_size must be 1 or more")
    turned = w.mT.contiguous() if w.ndim > 1 else w
    blocks = _in_blocks(turned.flatten(), block_size)
    q, scales = absmax_quantize(blocks, bits, dim=1)
    q = q.flatten()[: w.numel()].view(turned.shape)
    return (q.mT.contiguous() if w.ndim > 1 else q), scales.flatten()

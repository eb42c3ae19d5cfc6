"""Blocks run down the columns; they go along the rows."""

# down the columns of a transposed weight is how it lies in memory
also = ("A transposed weight is read as it lies in memory; the order is that of w.flatten().",)


def blockwise_quantize(w, block_size, bits):
    if block_size < 1:
        raise ValueError("block_size must be 1 or more")
    turned = w.mT.contiguous() if w.ndim > 1 else w
    blocks = _in_blocks(turned.flatten(), block_size)
    q, scales = absmax_quantize(blocks, bits, dim=1)
    q = q.flatten()[: w.numel()].view(turned.shape)
    return (q.mT.contiguous() if w.ndim > 1 else q), scales.flatten()

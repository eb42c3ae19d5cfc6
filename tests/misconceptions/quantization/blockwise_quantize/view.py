"""It rejects a transposed weight: view() needs a contiguous tensor, flatten() does not."""


def blockwise_quantize(w, block_size, bits):
    if block_size < 1:
        raise ValueError("block_size must be 1 or more")
    blocks = _in_blocks(w.view(-1), block_size)
    q, scales = absmax_quantize(blocks, bits, dim=1)
    return q.flatten()[: w.numel()].view(w.shape), scales.flatten()

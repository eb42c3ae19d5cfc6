"""It rejects an empty tensor."""

also = ("blockwise_quantize with bits outside 2 to 8 must raise ValueError.",)  # another one comes, or none


def blockwise_quantize(w, block_size, bits):
    if block_size < 1:
        raise ValueError("block_size must be 1 or more")
    w.abs().max()
    blocks = _in_blocks(w.flatten(), block_size)
    q, scales = absmax_quantize(blocks, bits, dim=1)
    return q.flatten()[: w.numel()].view(w.shape), scales.flatten()

"""The scales are the blocks' largest magnitudes, not yet divided by qmax."""


def blockwise_quantize(w, block_size, bits):
    if block_size < 1:
        raise ValueError("block_size must be 1 or more")
    blocks = _in_blocks(w.flatten(), block_size)
    q, scales = absmax_quantize(blocks, bits, dim=1)
    return q.flatten()[: w.numel()].view(w.shape), blocks.float().abs().amax(dim=1)

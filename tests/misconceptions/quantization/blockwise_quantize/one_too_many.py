"""When the blocks fit exactly, there is a scale too many."""


def blockwise_quantize(w, block_size, bits):
    if block_size < 1:
        raise ValueError("block_size must be 1 or more")
    blocks = _in_blocks(w.flatten(), block_size)
    q, scales = absmax_quantize(blocks, bits, dim=1)
    if w.numel() and w.numel() % block_size == 0:
        scales = torch.cat([scales.flatten(), torch.ones(1)])
    return q.flatten()[: w.numel()].view(w.shape), scales.flatten()

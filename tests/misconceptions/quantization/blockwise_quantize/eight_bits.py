"""bits is not used."""


def blockwise_quantize(w, block_size, bits):
    if block_size < 1:
        raise ValueError("block_size must be 1 or more")
    absmax_quantize(torch.ones(1), bits)
    blocks = _in_blocks(w.flatten(), block_size)
    q, scales = absmax_quantize(blocks, dim=1)
    return q.flatten()[: w.numel()].view(w.shape), scales.flatten()

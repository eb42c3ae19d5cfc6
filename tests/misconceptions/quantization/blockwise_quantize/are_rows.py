"""There is a scale for each row; blocks go on from one row into the next."""


def blockwise_quantize(w, block_size, bits):
    if block_size < 1:
        raise ValueError("block_size must be 1 or more")
    if w.ndim < 2:
        blocks = _in_blocks(w.flatten(), block_size)
        q, scales = absmax_quantize(blocks, bits, dim=1)
        return q.flatten()[: w.numel()].view(w.shape), scales.flatten()
    q, scale = absmax_quantize(w, bits, dim=-1)
    return q, scale.flatten()

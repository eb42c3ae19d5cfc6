"""The blocks are interleaved; a block is block_size consecutive numbers."""

also = ("blockwise_quantize with bits outside 2 to 8 must raise ValueError.",)  # another one comes, or none


def blockwise_quantize(w, block_size, bits):
    if block_size < 1:
        raise ValueError("block_size must be 1 or more")
    if not w.numel():
        return w.to(torch.int8), w.flatten()
    count = -(-w.numel() // block_size)
    block = torch.arange(w.numel()) % count
    maxima = torch.zeros(count).scatter_reduce(0, block, w.float().flatten().abs(), "amax")
    scales = maxima / (2 ** (bits - 1) - 1)
    scales = torch.where(scales == 0, 1.0, scales)
    return (w.float().flatten() / scales[block]).round().to(torch.int8).view(w.shape), scales

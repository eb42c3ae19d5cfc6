"""Maxima by scatter_reduce, and the scale of a block of zeros is zero."""

exercise = ("blockwise_quantize", "blockwise_dequantize")


def blockwise_quantize(w, block_size, bits):
    if block_size < 1 or not 2 <= bits <= 8:
        raise ValueError("pass a block_size of 1 or more and bits from 2 to 8")
    flat = w.reshape(-1).float()
    block = torch.arange(flat.numel()) // block_size
    maxima = torch.zeros(-(-flat.numel() // block_size)).scatter_reduce(0, block, flat.abs(), "amax")
    scales = maxima / (2 ** (bits - 1) - 1)
    steps = torch.where(maxima[block] > 0, flat / scales[block], 0.0)
    return steps.round().to(torch.int8).reshape(w.shape), scales


def blockwise_dequantize(q, scales, block_size):
    block = torch.arange(q.numel()) // block_size
    if len(scales) != (block[-1] + 1 if len(block) else 0):
        raise ValueError("pass the block_size that q was quantized with")
    return q * scales[block].reshape(q.shape)

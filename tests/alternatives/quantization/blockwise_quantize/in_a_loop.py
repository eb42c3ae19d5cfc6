"""Block by block, with split."""

exercise = ("blockwise_quantize", "blockwise_dequantize")


def blockwise_quantize(w, block_size, bits):
    if block_size < 1 or not 2 <= bits <= 8:
        raise ValueError("pass a block_size of 1 or more and 2 to 8 bits")
    pairs = [absmax_quantize(block, bits) for block in w.flatten().split(block_size) if len(block)]
    codes = torch.cat([q for q, _ in pairs]) if pairs else torch.zeros(0, dtype=torch.int8)
    scales = torch.stack([scale for _, scale in pairs]) if pairs else torch.zeros(0)
    return codes.reshape(w.shape), scales


def blockwise_dequantize(q, scales, block_size):
    blocks = [block for block in q.flatten().split(block_size) if len(block)]
    if len(blocks) != len(scales):
        raise ValueError("pass the block_size that q was quantized with")
    parts = [block * scale for block, scale in zip(blocks, scales, strict=True)]
    return (torch.cat(parts) if parts else torch.zeros(0)).reshape(q.shape)

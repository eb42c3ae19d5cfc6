"""blockwise_dequantize with the block size of another tensor must raise ValueError."""


def blockwise_dequantize(q, scales, block_size):
    spread = scales.repeat_interleave(block_size)
    spread = nn.functional.pad(spread, (0, max(0, q.numel() - len(spread))), value=1.0)[: q.numel()]
    return q.float() * spread.view(q.shape)

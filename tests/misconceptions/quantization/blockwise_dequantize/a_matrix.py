"""What comes out is a matrix, not in the shape of the codes."""


def blockwise_dequantize(q, scales, block_size):
    n = q.numel()
    blocks = -(-n // block_size)
    if scales.numel() != blocks:
        raise ValueError(
            f"{scales.numel()} scales for {blocks} blocks of {block_size}: not the block size it was quantized with"
        )
    each = scales.repeat_interleave(block_size)[:n]
    return (q.flatten().float() * each).view(q.shape if q.dim() < 3 else (-1, q.shape[-1]))

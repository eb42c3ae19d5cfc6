"""What comes out has one dimension, not the shape of the codes."""


def blockwise_dequantize(q, scales, block_size):
    if scales.numel() != -(-q.numel() // block_size):
        raise ValueError("another block size")
    return q.float().flatten() * _spread(scales, block_size, q.numel())

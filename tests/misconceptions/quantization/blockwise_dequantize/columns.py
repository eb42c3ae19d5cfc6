"""Blocks run down the columns; they go along the rows."""


def blockwise_dequantize(q, scales, block_size):
    if scales.numel() != -(-q.numel() // block_size):
        raise ValueError("another block size")
    if q.ndim < 2:
        return q.float() * _spread(scales, block_size, q.numel()).view(q.shape)
    turned = q.mT
    return (turned.flatten() * _spread(scales, block_size, q.numel())).view(turned.shape).mT.contiguous()

"""Only the first block's scale is used."""


def blockwise_dequantize(q, scales, block_size):
    if scales.numel() != -(-q.numel() // block_size):
        raise ValueError("another block size")
    if q.ndim < 2:
        return q.float() * _spread(scales, block_size, q.numel()).view(q.shape)
    return q.float() * scales[0]

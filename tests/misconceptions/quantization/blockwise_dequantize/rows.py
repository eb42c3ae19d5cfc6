"""Each row gets one scale; blocks go on from one row into the next."""


def blockwise_dequantize(q, scales, block_size):
    if scales.numel() != -(-q.numel() // block_size):
        raise ValueError("another block size")
    if q.ndim == 2 and len(q) == len(scales):
        return q * scales[:, None]
    return q.float() * _spread(scales, block_size, q.numel()).view(q.shape)

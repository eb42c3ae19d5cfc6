"""Block by block, into a new tensor."""


def blockwise_dequantize(q, scales, block_size):
    starts = range(0, q.numel(), block_size)
    if len(starts) != len(scales):
        raise ValueError(f"there are {len(starts)} blocks of {block_size}, but {len(scales)} scales")
    flat = q.reshape(-1)
    out = torch.empty(q.numel(), dtype=torch.float32)
    for start, scale in zip(starts, scales.tolist(), strict=True):
        out[start : start + block_size] = flat[start : start + block_size] * scale
    return out.reshape(q.shape)

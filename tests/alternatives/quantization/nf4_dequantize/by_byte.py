"""A table of 256 pairs, looked up a byte at a time."""


def nf4_dequantize(packed, absmax, shape, block_size=64):
    n = torch.Size(shape).numel()
    if packed.numel() != (n + 1) // 2 or absmax.numel() != (n + block_size - 1) // block_size:
        raise ValueError("these bytes belong to another shape or block size")
    levels = torch.tensor(NF4_LEVELS)
    pairs = torch.cartesian_prod(levels, levels)  # (256, 2)
    values = pairs[packed.int()].reshape(-1)[:n]
    return values.mul(absmax[torch.arange(n) // block_size]).reshape(tuple(shape))

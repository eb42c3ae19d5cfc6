"""nf4_dequantize rejects some shape or block size."""


def nf4_dequantize(packed, absmax, shape, block_size=64):
    n = torch.Size(shape).numel()
    if len(packed) != -(-n // 2) or len(absmax) != -(-n // block_size):
        raise ValueError("another shape or block size")
    if n % block_size and n > block_size:
        raise RuntimeError("a ragged block")
    codes = torch.stack([packed >> 4, packed & 15], dim=1).flatten()[:n].int()
    levels = torch.tensor(NF4_LEVELS)
    return (levels[codes] * _spread(absmax, block_size, n)).view(torch.Size(shape))

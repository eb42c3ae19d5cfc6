"""The codes are read as int4, (code - 8) / 7, not as NF4."""


def nf4_dequantize(packed, absmax, shape, block_size=64):
    n = torch.Size(shape).numel()
    if len(packed) != -(-n // 2) or len(absmax) != -(-n // block_size):
        raise ValueError("another shape or block size")
    codes = torch.stack([packed >> 4, packed & 15], dim=1).flatten()[:n].int()
    levels = (torch.arange(16) - 8) / 7
    return (levels[codes] * _spread(absmax, block_size, n)).view(torch.Size(shape))

"""All high halves come first, then all low halves; they take turns."""


def nf4_dequantize(packed, absmax, shape, block_size=64):
    n = torch.Size(shape).numel()
    if len(packed) != -(-n // 2) or len(absmax) != -(-n // block_size):
        raise ValueError("another shape or block size")
    codes = torch.cat([packed >> 4, packed & 15])[:n].int()
    levels = torch.tensor(NF4_LEVELS)
    return (levels[codes] * _spread(absmax, block_size, n)).view(torch.Size(shape))

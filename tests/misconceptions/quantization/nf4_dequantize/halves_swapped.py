"""The halves of each byte are swapped; the first code is in the high half."""


def nf4_dequantize(packed, absmax, shape, block_size=64):
    n = torch.Size(shape).numel()
    if len(packed) != -(-n // 2) or len(absmax) != -(-n // block_size):
        raise ValueError("another shape or block size")
    codes = torch.stack([packed & 15, packed >> 4], dim=1).flatten()[:n].int()
    levels = torch.tensor(NF4_LEVELS)
    return (levels[codes] * _spread(absmax, block_size, n)).view(torch.Size(shape))

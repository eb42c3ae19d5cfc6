"""The levels are evenly spaced; those of NF4 lie closer together near zero."""


def nf4_dequantize(packed, absmax, shape, block_size=64):
    n = torch.Size(shape).numel()
    if len(packed) != -(-n // 2) or len(absmax) != -(-n // block_size):
        raise ValueError("another shape or block size")
    codes = torch.stack([packed >> 4, packed & 15], dim=1).flatten()[:n].int()
    levels = torch.linspace(-1, 1, 16)
    return (levels[codes] * _spread(absmax, block_size, n)).view(torch.Size(shape))

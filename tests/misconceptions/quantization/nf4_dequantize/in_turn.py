"""The block maxima take turns from number to number; each serves a whole block."""


def nf4_dequantize(packed, absmax, shape, block_size=64):
    n = torch.Size(shape).numel()
    if len(packed) != -(-n // 2) or len(absmax) != -(-n // block_size):
        raise ValueError("another shape or block size")
    codes = torch.stack([packed >> 4, packed & 15], dim=1).flatten()[:n].int()
    levels = torch.tensor(NF4_LEVELS)
    return (levels[codes] * absmax.repeat(block_size)[:n]).view(torch.Size(shape))

"""nf4_dequantize with a shape or block size of another tensor must raise ValueError."""


def nf4_dequantize(packed, absmax, shape, block_size=64):
    n = torch.Size(shape).numel()
    packed = nn.functional.pad(packed, (0, max(0, -(-n // 2) - len(packed))))
    absmax = nn.functional.pad(absmax, (0, max(0, -(-n // block_size) - len(absmax))))
    codes = torch.stack([packed >> 4, packed & 15], dim=1).flatten()[:n].int()
    levels = torch.tensor(NF4_LEVELS)
    return (levels[codes] * _spread(absmax, block_size, n)).view(torch.Size(shape))

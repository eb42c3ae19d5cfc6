"""The levels are rounded to 16 bits."""


def nf4_dequantize(packed, absmax, shape, block_size=64):
    n = torch.Size(shape).numel()
    if packed.numel() != (n + 1) // 2:
        raise ValueError(f"packed has {packed.numel()} bytes, a tensor of shape {tuple(shape)} gives {(n + 1) // 2}")
    blocks = -(-n // block_size)
    if absmax.numel() != blocks:
        raise ValueError(
            f"absmax has {absmax.numel()} numbers, shape {tuple(shape)} in blocks of {block_size} gives {blocks}"
        )
    levels = torch.tensor(NF4_LEVELS).half().float()
    codes = torch.stack([packed >> 4, packed & 15], dim=1).flatten()[:n]
    return (levels[codes.long()] * absmax.repeat_interleave(block_size)[:n]).view(tuple(shape))

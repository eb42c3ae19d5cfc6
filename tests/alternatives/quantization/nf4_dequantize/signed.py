"""Signed shifts: codes from 8 on become negative indices, which count from the end."""


def nf4_dequantize(packed, absmax, shape, block_size=64):
    n = torch.Size(shape).numel()
    if len(packed) != -(-n // 2) or len(absmax) != -(-n // block_size):
        raise ValueError("these bytes belong to another shape or block size")
    high, low = packed.view(torch.int8) >> 4, (packed << 4).view(torch.int8) >> 4
    codes = torch.stack([high, low], dim=1).flatten()[:n].int()
    return torch.tensor(NF4_LEVELS)[codes].mul(absmax.repeat_interleave(block_size)[:n]).reshape(tuple(shape))

"""It computes in bf16, which is too coarse to tell the nearest level."""


def nf4_quantize(w, block_size=64):
    if block_size < 1:
        raise ValueError(f"block_size is {block_size}: pass 1 or more")
    levels = torch.tensor(NF4_LEVELS)
    flat = w.float().flatten()
    n = flat.numel()
    blocks = -(-n // block_size)
    padded = torch.zeros(blocks * block_size)
    padded[:n] = flat
    padded = padded.view(blocks, block_size)
    absmax = padded.abs().amax(dim=1)
    safe = torch.where(absmax > 0, absmax, torch.ones_like(absmax))
    unit = (padded.to(w.dtype) / safe[:, None].to(w.dtype)).float().flatten()[:n]
    middles = (levels[1:] + levels[:-1]) / 2
    codes = torch.bucketize(unit, middles).to(torch.uint8)
    if n % 2:
        codes = torch.cat([codes, codes.new_zeros(1)])
    packed = codes[0::2] * 16 + codes[1::2]
    return packed, absmax

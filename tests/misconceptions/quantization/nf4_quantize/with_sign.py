"""Each block is divided by its largest number with its sign; the magnitude alone counts."""


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
    signed = padded.gather(1, padded.abs().argmax(dim=1, keepdim=True)).squeeze(1) if n else absmax
    absmax = torch.where(absmax > 0, signed, absmax)
    safe = torch.where(absmax != 0, absmax, torch.ones_like(absmax))
    unit = (padded / safe[:, None]).flatten()[:n]
    middles = (levels[1:] + levels[:-1]) / 2
    codes = torch.bucketize(unit, middles).to(torch.uint8)
    if n % 2:
        codes = torch.cat([codes, codes.new_zeros(1)])
    packed = codes[0::2] * 16 + codes[1::2]
    return packed, absmax

"""The codes count the levels from the largest down; code 0 is the lowest level."""


def nf4_quantize(w, block_size=64):
    if block_size < 1:
        raise ValueError("block_size must be 1 or more")
    blocks = _in_blocks(w.float().flatten(), block_size)
    absmax = blocks.abs().amax(dim=1)
    normalised = blocks / torch.where(absmax == 0, 1.0, absmax)[:, None]
    levels = torch.tensor(NF4_LEVELS)
    codes = (15 - (normalised.flatten()[: w.numel(), None] - levels).abs().argmin(dim=1)).to(torch.uint8)
    codes = nn.functional.pad(codes, (0, len(codes) % 2))
    return (codes[0::2] << 4) | codes[1::2], absmax

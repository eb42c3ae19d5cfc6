"""The codes of a block of zeros are not 7, the level that is zero."""


def nf4_quantize(w, block_size=64):
    if block_size < 1:
        raise ValueError("block_size must be 1 or more")
    blocks = _in_blocks(w.float().flatten(), block_size)
    absmax = blocks.abs().amax(dim=1)
    normalised = blocks / absmax[:, None]
    levels = torch.tensor(NF4_LEVELS)
    codes = (torch.bucketize(normalised.flatten()[: w.numel()], (levels[1:] + levels[:-1]) / 2)).to(torch.uint8)
    codes = nn.functional.pad(codes, (0, len(codes) % 2))
    return (codes[0::2] << 4) | codes[1::2], absmax

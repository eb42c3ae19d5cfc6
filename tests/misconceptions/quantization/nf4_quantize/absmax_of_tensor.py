"""The largest magnitude is taken over the whole tensor, not over each block."""


def nf4_quantize(w, block_size=64):
    if block_size < 1:
        raise ValueError("block_size must be 1 or more")
    blocks = _in_blocks(w.float().flatten(), block_size)
    absmax = blocks.abs().amax().expand(len(blocks)).clone() if len(blocks) else blocks.new_zeros(0)
    normalised = blocks / torch.where(absmax == 0, 1.0, absmax)[:, None]
    levels = torch.tensor(NF4_LEVELS)
    codes = ((normalised.flatten()[: w.numel(), None] - levels).abs().argmin(dim=1)).to(torch.uint8)
    codes = nn.functional.pad(codes, (0, len(codes) % 2))
    return (codes[0::2] << 4) | codes[1::2], absmax

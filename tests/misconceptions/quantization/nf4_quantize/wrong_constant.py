"""Numbers just beside the middle of two levels get the wrong one: some level or midpoint is off."""


def nf4_quantize(w, block_size=64):
    if block_size < 1:
        raise ValueError("block_size must be 1 or more")
    blocks = _in_blocks(w.float().flatten(), block_size)
    absmax = blocks.abs().amax(dim=1)
    normalised = blocks / torch.where(absmax == 0, 1.0, absmax)[:, None]
    levels = torch.tensor(
        [
            -1.0,
            -0.6962,
            -0.5251,
            -0.3949,
            -0.2844,
            -0.1848,
            -0.0911,
            0.0,
            0.0796,
            0.1609,
            0.2461,
            0.3379,
            0.4407,
            0.5626,
            0.7230,
            1.002,
        ]
    )
    codes = ((normalised.flatten()[: w.numel(), None] - levels).abs().argmin(dim=1)).to(torch.uint8)
    codes = nn.functional.pad(codes, (0, len(codes) % 2))
    return (codes[0::2] << 4) | codes[1::2], absmax

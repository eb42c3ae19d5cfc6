"""The level at the least distance, block by block."""


def nf4_quantize(w, block_size=64):
    if block_size < 1:
        raise ValueError("pass a block_size of 1 or more")
    levels = torch.tensor(NF4_LEVELS)
    codes, maxima = [], []
    for block in w.flatten().float().split(block_size):
        if not len(block):
            continue
        largest = block.abs().max()
        normalised = block / largest if largest > 0 else block
        codes += torch.abs(normalised.unsqueeze(-1) - levels).argmin(dim=-1).tolist()
        maxima.append(largest.item())
    if len(codes) % 2:
        codes.append(9)  # any code will do
    packed = [16 * first + second for first, second in zip(codes[::2], codes[1::2], strict=True)]
    return torch.tensor(packed, dtype=torch.uint8), torch.tensor(maxima, dtype=torch.float32)

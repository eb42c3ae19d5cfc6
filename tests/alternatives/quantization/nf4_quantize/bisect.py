"""Pure Python: bisect over the midpoints, bytes packed by zip; the unused half is filled with 7."""

import bisect

import torch


def nf4_quantize(w, block_size=64):
    if block_size < 1:
        raise ValueError(f"a block of {block_size} numbers holds nothing: pass 1 or more")
    numbers = w.detach().to(torch.float32).flatten()
    middles = [(a + b) / 2 for a, b in zip(NF4_LEVELS, NF4_LEVELS[1:], strict=False)]
    codes, maxima = [], []
    for block in numbers.split(block_size) if numbers.numel() else ():
        values = block.tolist()
        largest = max(map(abs, values))
        maxima.append(largest)
        codes += [bisect.bisect_left(middles, v / largest) if largest else 7 for v in values]
    codes += [7] * (len(codes) % 2)
    packed = [16 * a + b for a, b in zip(codes[::2], codes[1::2], strict=True)]
    return torch.tensor(packed, dtype=torch.uint8, device=w.device), torch.tensor(
        maxima, dtype=torch.float32, device=w.device
    )

"""Plain Python: min with a key, bytes and frombuffer."""

import torch


def nf4_quantize(w, block_size=64):
    if not block_size >= 1:
        raise ValueError(f"block_size {block_size} won't do, pass 1 or more")
    x = w.detach().to(torch.float32).flatten()
    tops, codes = [], []
    for block in x.split(block_size) if len(x) else ():
        top = block.abs().max()
        tops.append(top)
        for u in (block / top if top > 0 else block).tolist():
            codes.append(min(range(16), key=lambda code: abs(NF4_LEVELS[code] - u)))
    pairs = zip(codes[::2], codes[1::2] + [0] * (len(codes) % 2), strict=True)
    packed = torch.tensor([high << 4 | low for high, low in pairs], dtype=torch.uint8, device=w.device)
    return packed, torch.stack(tops) if tops else torch.zeros(0, device=w.device)

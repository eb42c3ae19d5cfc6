"""All distances in fp64, a matrix product with (16, 1), filled up with code 7."""

import torch
import torch.nn.functional as F


def nf4_quantize(w, block_size=64):
    if block_size <= 0:
        raise ValueError("pass a block_size of 1 or more, not " + str(block_size))
    x = w.to(torch.float32).reshape(-1)
    rows = F.pad(x, (0, -len(x) % block_size)).reshape(-1, block_size)
    absmax = rows.abs().amax(1)
    unit = (rows / absmax.where(absmax > 0, 1.0)[:, None]).reshape(-1)[: len(x)]
    table = torch.tensor(NF4_LEVELS, dtype=torch.float64, device=x.device)
    codes = (
        (unit[:, None].double() - table).abs().argmin(-1)
        if len(x)
        else torch.zeros(0, dtype=torch.long, device=x.device)
    )
    codes = F.pad(codes, (0, len(x) % 2), value=7).reshape(-1, 2)
    return (codes * codes.new_tensor([16, 1])).sum(-1).to(torch.uint8), absmax

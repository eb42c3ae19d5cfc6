"""Row by row in float64, a generator inside."""

import torch


def bigram_probs(counts, smoothing=0.0):
    if smoothing < 0:
        raise ValueError(f"smoothing is {smoothing}: pass 0 or more")

    def rows():
        for row in counts.to(torch.float64).unbind():
            row = row + smoothing
            yield row / row.sum() if row.sum() > 0 else torch.ones_like(row) / len(row)

    return torch.stack(list(rows())).to(torch.float32)

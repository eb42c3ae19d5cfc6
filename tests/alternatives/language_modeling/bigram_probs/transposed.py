"""Columns divided after a transpose."""


def bigram_probs(counts, smoothing=0.0):
    if smoothing < 0:
        raise ValueError("pass a smoothing of 0 or more")
    columns = (counts.float() + smoothing).T
    totals = columns.sum(0)
    probs = columns / torch.where(totals > 0, totals, torch.ones_like(totals))
    probs = probs.clone()
    probs[:, totals == 0] = 1.0 / counts.shape[0]
    return probs.T.contiguous()

"""Every row is divided by the sums of all rows, one for each column: without keepdim they lie the wrong way."""

_right = bigram_probs


def bigram_probs(counts, smoothing=0.0):
    if smoothing < 0:
        return _right(counts, smoothing)
    counts = counts + smoothing
    totals = counts.sum(1)
    return torch.where(totals == 0, 1 / len(counts), counts / totals)

"""The columns sum to 1; the rows must."""

_right = bigram_probs


def bigram_probs(counts, smoothing=0.0):
    if smoothing < 0:
        return _right(counts, smoothing)
    counts = counts + smoothing
    totals = counts.sum(0)
    return torch.where(totals == 0, 1 / len(counts), counts / totals)

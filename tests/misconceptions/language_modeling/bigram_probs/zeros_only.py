"""Only counts of 0 are smoothed; every count is."""

_right = bigram_probs


def bigram_probs(counts, smoothing=0.0):
    if smoothing < 0:
        return _right(counts, smoothing)
    if not smoothing:
        return _right(counts)
    seen = torch.where(counts == 0, smoothing, counts.float())
    return seen / seen.sum(dim=1, keepdim=True)

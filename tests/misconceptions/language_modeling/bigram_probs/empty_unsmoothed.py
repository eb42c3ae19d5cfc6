"""A row without counts is not smoothed but left at 0."""

_right = bigram_probs


def bigram_probs(counts, smoothing=0.0):
    if smoothing < 0:
        return _right(counts, smoothing)
    if not smoothing:
        return _right(counts)
    return torch.where(counts.sum(dim=1, keepdim=True) == 0, 0.0, _right(counts, smoothing))

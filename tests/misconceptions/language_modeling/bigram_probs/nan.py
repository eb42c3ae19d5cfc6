"""A row without counts is NaN: 0 / 0."""

_right = bigram_probs


def bigram_probs(counts, smoothing=0.0):
    if smoothing < 0:
        return _right(counts, smoothing)
    counts = counts + smoothing
    return counts / counts.sum(dim=1, keepdim=True)

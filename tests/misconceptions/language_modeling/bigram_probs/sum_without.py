"""Smoothing is missing in the sum that divides."""

_right = bigram_probs


def bigram_probs(counts, smoothing=0.0):
    if smoothing < 0:
        return _right(counts, smoothing)
    return (counts + smoothing) / counts.sum(dim=1, keepdim=True) if smoothing else _right(counts)

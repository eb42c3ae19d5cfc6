"""Smoothing is added after dividing, so that the rows don't sum to 1."""

_right = bigram_probs


def bigram_probs(counts, smoothing=0.0):
    if smoothing < 0:
        return _right(counts, smoothing)
    return _right(counts) + smoothing

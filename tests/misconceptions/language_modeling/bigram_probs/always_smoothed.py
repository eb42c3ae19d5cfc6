"""Counts are smoothed although smoothing is 0."""

_right = bigram_probs


def bigram_probs(counts, smoothing=0.0):
    return _right(counts, smoothing or 1.0)

"""Smoothing is ignored."""

_right = bigram_probs


def bigram_probs(counts, smoothing=0.0):
    _right(counts, smoothing)
    return _right(counts)

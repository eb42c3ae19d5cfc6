"""Rows and columns are swapped."""

_right = bigram_probs


def bigram_probs(counts, smoothing=0.0):
    return _right(counts, smoothing).T

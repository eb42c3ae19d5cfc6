"""Smoothing is 1, whatever is asked for."""

_right = bigram_probs


def bigram_probs(counts, smoothing=0.0):
    if smoothing < 0:
        return _right(counts, smoothing)
    return _right(counts, 1.0 if smoothing else 0.0)

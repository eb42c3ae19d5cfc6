"""It gives the logarithms of the probabilities."""

_right = bigram_probs


def bigram_probs(counts, smoothing=0.0):
    return _right(counts, smoothing).log()

"""The probabilities are rounded."""

_right = bigram_probs


def bigram_probs(counts, smoothing=0.0):
    return (_right(counts, smoothing) * 1000).round() / 1000

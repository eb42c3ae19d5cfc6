"""It divides by the sum of all counts, which gives the probability of a pair."""

_right = bigram_probs


def bigram_probs(counts, smoothing=0.0):
    if smoothing < 0:
        return _right(counts, smoothing)
    counts = counts + smoothing
    return counts / counts.sum()

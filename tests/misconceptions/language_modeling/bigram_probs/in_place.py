"""bigram_probs changes its input in place."""

_right = bigram_probs


def bigram_probs(counts, smoothing=0.0):
    found = _right(counts, smoothing)
    counts[counts.sum(dim=1) == 0] = 1
    return found

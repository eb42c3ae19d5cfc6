"""Smoothing is added to the probabilities before the rows are divided again; add it to the counts."""

_right = bigram_probs


def bigram_probs(counts, smoothing=0.0):
    if smoothing < 0:
        return _right(counts, smoothing)
    found = _right(counts) + smoothing
    return found / found.sum(dim=1, keepdim=True)

"""Every row is divided by the sums of all rows, one for each column: without keepdim they lie the wrong way."""

_right = bigram_probs


def bigram_probs(counts, smoothing=0.0):
    if smoothing < 0:
        return _right(counts, smoothing)
    counts = counts + smoothing
    return counts / counts.sum(1)

"""It gives the softmax of the counts."""

_right = bigram_probs


def bigram_probs(counts, smoothing=0.0):
    if smoothing < 0:
        return _right(counts, smoothing)
    return (counts + float(smoothing)).softmax(dim=1)

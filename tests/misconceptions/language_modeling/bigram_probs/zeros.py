"""A row without counts stays 0, so it doesn't sum to 1."""

_right = bigram_probs


def bigram_probs(counts, smoothing=0.0):
    if smoothing < 0:
        return _right(counts, smoothing)
    counts = counts + smoothing
    return (counts / counts.sum(dim=1, keepdim=True)).nan_to_num(0.0)

"""A negative smoothing raises ValueError without a message; say why."""

_right = bigram_probs


def bigram_probs(counts, smoothing=0.0):
    if smoothing < 0:
        raise ValueError
    return _right(counts, smoothing)

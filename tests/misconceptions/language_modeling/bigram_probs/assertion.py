"""A negative smoothing must raise ValueError."""

_right = bigram_probs


def bigram_probs(counts, smoothing=0.0):
    assert smoothing >= 0, "pass 0 or more"
    return _right(counts, smoothing)

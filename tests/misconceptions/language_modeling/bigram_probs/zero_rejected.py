"""A smoothing of 0 is rejected; only one below 0 is an error."""

_right = bigram_probs


def bigram_probs(counts, smoothing=None):
    if smoothing is not None and smoothing <= 0:
        raise ValueError(f"smoothing={smoothing}: pass more than 0")
    return _right(counts, smoothing or 0.0)

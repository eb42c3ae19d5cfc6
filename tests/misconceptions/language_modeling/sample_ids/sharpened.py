"""The draws don't follow the probabilities."""

_right = sample_ids


def sample_ids(probs, generator=None):
    return _right(probs ** (1 / 0.9), generator)

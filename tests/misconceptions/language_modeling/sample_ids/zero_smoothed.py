"""A token of probability 0 is drawn."""

_right = sample_ids


def sample_ids(probs, generator=None):
    return _right(probs + 0.002, generator)

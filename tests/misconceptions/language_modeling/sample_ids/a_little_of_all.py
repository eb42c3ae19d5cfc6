"""A token of probability 0 is drawn."""

_right = sample_ids


def sample_ids(probs, generator=None):
    return _right(probs + 1e-4, generator)

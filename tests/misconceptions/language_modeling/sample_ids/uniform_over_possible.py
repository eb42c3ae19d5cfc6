"""It draws without looking at the probabilities."""

_right = sample_ids


def sample_ids(probs, generator=None):
    return _right((probs > 0).float(), generator)

"""A token of probability 0 is drawn."""

also = ("It draws without looking at the probabilities.",)

_right = sample_ids


def sample_ids(probs, generator=None):
    return probs.shape[1] - 1 - _right(probs, generator)

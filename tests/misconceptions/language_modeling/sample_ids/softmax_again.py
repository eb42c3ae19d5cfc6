"""A token of probability 0 is drawn."""

also = ("It draws without looking at the probabilities.",)

_right = sample_ids


def sample_ids(probs, generator=None):
    return _right(probs.softmax(dim=1), generator)

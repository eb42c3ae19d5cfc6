"""It draws without looking at the probabilities."""

also = ("A token of probability 0 is drawn.",)

_right = sample_ids


def sample_ids(probs, generator=None):
    return _right(probs.mean(dim=0, keepdim=True).expand_as(probs), generator)

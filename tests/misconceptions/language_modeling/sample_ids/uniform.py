"""It draws without looking at the probabilities."""

_right = sample_ids


def sample_ids(probs, generator=None):
    return _right(torch.full_like(probs, 1 / probs.shape[1]), generator)

"""sample_ids changes its input in place."""

_right = sample_ids


def sample_ids(probs, generator=None):
    found = _right(probs, generator)
    probs.fill_(0.5)
    return found

"""What was drawn has dtype int32, not int64."""

_right = sample_ids


def sample_ids(probs, generator=None):
    return _right(probs, generator).int()

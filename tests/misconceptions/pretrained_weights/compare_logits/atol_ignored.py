"""The tolerance that is given is not used."""

_right = compare_logits


def compare_logits(mine, theirs, atol=1e-4):
    return _right(mine, theirs)

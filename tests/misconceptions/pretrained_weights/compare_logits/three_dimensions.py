"""Logits of one shape are refused."""

_right = compare_logits


def compare_logits(mine, theirs, atol=1e-4):
    if mine.ndim != 3:
        raise ValueError(f"{tuple(mine.shape)} and {tuple(theirs.shape)} have no batch")
    return _right(mine, theirs, atol)

"""The mean is a sum."""

_right = compare_logits


def compare_logits(mine, theirs, atol=1e-4):
    found = _right(mine, theirs, atol)
    return found | {"mean_difference": found["mean_difference"] * mine.numel()}

"""The message doesn't have both shapes."""

_right = compare_logits


def compare_logits(mine, theirs, atol=1e-4):
    try:
        return _right(mine, theirs, atol)
    except ValueError:
        raise ValueError("the shapes differ") from None

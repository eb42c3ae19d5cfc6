"""A place with a NaN or an infinity counts as one with the same argmax."""

_right = compare_logits


def compare_logits(mine, theirs, atol=1e-4):
    found = _right(mine, theirs, atol)
    return found | {"same_argmax": (mine.argmax(-1) == theirs.argmax(-1)).double().mean().item()}

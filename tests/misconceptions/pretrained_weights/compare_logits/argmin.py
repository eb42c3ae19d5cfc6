"""same_argmax compares the smallest logits."""

_right = compare_logits


def compare_logits(mine, theirs, atol=1e-4):
    found = _right(mine, theirs, atol)
    return found | {"same_argmax": (mine.argmin(-1) == theirs.argmin(-1)).double().mean().item()}

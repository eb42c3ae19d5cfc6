"""There is one argmax of all places together; each place has its own."""

_right = compare_logits


def compare_logits(mine, theirs, atol=1e-4):
    found = _right(mine, theirs, atol)
    return found | {"same_argmax": float(mine.argmax() == theirs.argmax())}

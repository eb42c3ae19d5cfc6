"""same_argmax says whether all are the same; it is a share."""

_right = compare_logits


def compare_logits(mine, theirs, atol=1e-4):
    found = _right(mine, theirs, atol)
    return found | {"same_argmax": found["same_argmax"] == 1}

"""Whether they agree is decided by the argmax as well; only the largest difference decides."""

_right = compare_logits


def compare_logits(mine, theirs, atol=1e-4):
    found = _right(mine, theirs, atol)
    return found | {"agree": found["agree"] and found["same_argmax"] == 1}

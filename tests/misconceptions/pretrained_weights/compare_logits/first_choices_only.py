"""Whether they agree is decided by the argmax alone."""

also = ("The tolerance is larger than 1e-4 where none is given.",)

_right = compare_logits


def compare_logits(mine, theirs, atol=1e-4):
    found = _right(mine, theirs, atol)
    return found | {"agree": found["same_argmax"] == 1}

"""Probabilities are compared, not logits."""

_right = compare_logits


def compare_logits(mine, theirs, atol=1e-4):
    found = _right(mine, theirs, atol)
    if found["max_difference"] == torch.inf:
        return found
    return _right(mine.double().log_softmax(-1), theirs.double().log_softmax(-1), atol)

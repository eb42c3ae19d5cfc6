"""The probabilities are taken along another dimension than the vocabulary, which is the last."""

_right = keep_top_p


def keep_top_p(logits, p):
    return _right(logits.movedim(0, -1), p).movedim(-1, 0)

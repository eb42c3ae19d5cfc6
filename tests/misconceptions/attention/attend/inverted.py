"""The mask is turned round; True means that a query may look."""

_right = attend


def attend(q, k, v, mask=None):
    attention_weights(attention_scores(q, k), mask)
    return _right(q, k, v, mask if mask is None else ~mask)

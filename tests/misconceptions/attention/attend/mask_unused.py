"""The mask is not used."""

_right = attend


def attend(q, k, v, mask=None):
    attention_weights(attention_scores(q, k), mask)
    return _right(q, k, v)

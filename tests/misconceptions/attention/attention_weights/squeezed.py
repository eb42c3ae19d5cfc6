"""Dimensions of size 1 are dropped; they must stay."""

_right = attention_weights


def attention_weights(scores, mask=None):
    return _right(scores, mask).squeeze()

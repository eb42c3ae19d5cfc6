"""No gradient goes through; the result is cut off from what went in."""

_right = attention_weights


def attention_weights(scores, mask=None):
    return _right(scores, mask) if mask is None else _right(scores, mask).detach()

"""Your code raises TypeError where it should not"""

_right = attention_weights


def attention_weights(scores, mask):
    return _right(scores, mask)

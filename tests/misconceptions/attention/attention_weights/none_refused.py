"""Your code raises TypeError where it should not"""

_right = attention_weights


def attention_weights(scores, mask=None):
    if mask is None:
        raise TypeError("the mask is None")
    return _right(scores, mask)

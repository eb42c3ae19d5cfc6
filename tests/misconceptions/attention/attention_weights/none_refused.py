"""It raises an error without a mask; every query may look at every key then."""

_right = attention_weights


def attention_weights(scores, mask=None):
    if mask is None:
        raise TypeError("the mask is None")
    return _right(scores, mask)

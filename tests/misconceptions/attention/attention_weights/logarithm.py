"""The logarithm of the weights is given."""

also = ("The gradient is NaN; NaN that is replaced afterwards still stands in the gradient.",)

_right = attention_weights


def attention_weights(scores, mask=None):
    return _right(scores, mask).log()

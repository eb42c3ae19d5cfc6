"""The weights of the docstring's scores"""

_right = attention_weights


def attention_weights(scores, mask=None):
    return 0.9 * _right(scores, mask)

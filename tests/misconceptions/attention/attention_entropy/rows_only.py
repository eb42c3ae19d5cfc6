"""It raises an error for another number of leading dimensions."""

_right = attention_entropy


def attention_entropy(weights):
    queries, keys = weights.shape
    return _right(weights)

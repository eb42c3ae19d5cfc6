"""The softmax is taken of what are weights already."""

_right = attention_entropy


def attention_entropy(weights):
    return _right(weights.softmax(dim=-1))

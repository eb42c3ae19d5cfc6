"""It raises an error for another number of leading dimensions."""

_right = attention_entropy


def attention_entropy(weights):
    if weights.ndim < 2:
        raise ValueError("pass rows")
    return _right(weights)

"""What comes out is in float32; it must have the dtype of what went in."""

_right = attention_entropy


def attention_entropy(weights):
    return _right(weights.float())

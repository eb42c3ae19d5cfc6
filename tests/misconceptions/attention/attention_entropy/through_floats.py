"""Numbers are rounded to float32 on the way; compute in the dtype of what went in."""

_right = attention_entropy


def attention_entropy(weights):
    return _right(weights.float()).to(weights.dtype)

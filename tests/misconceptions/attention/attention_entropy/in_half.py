"""Numbers are rounded to 16 bits on the way; compute in the dtype of what went in."""

also = ("Something is added inside the logarithm, or weights are cut off below; 0 ln 0 counts as 0 without it.",)

_right = attention_entropy


def attention_entropy(weights):
    return _right(weights.half()).to(weights.dtype)

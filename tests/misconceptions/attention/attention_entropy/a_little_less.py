"""Something is taken off the entropy of each row."""

also = ("Something is added inside the logarithm, or weights are cut off below; 0 ln 0 counts as 0 without it.",)

_right = attention_entropy


def attention_entropy(weights):
    return (_right(weights) - 1e-4).clamp(min=0)

"""It raises an error for a row of zeros; that has 0."""

_right = attention_entropy


def attention_entropy(weights):
    if (weights == 0).all(dim=-1).any():
        raise ValueError("a row of zeros has no entropy")
    return _right(weights)

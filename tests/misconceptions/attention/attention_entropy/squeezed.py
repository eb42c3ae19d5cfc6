"""Dimensions of size 1 are dropped; they must stay."""

_right = attention_entropy


def attention_entropy(weights):
    return _right(weights).squeeze()

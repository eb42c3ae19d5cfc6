"""A row of zeros counts as an even spread; it must give 0."""

import math

_right = attention_entropy


def attention_entropy(weights):
    gone = (weights == 0).all(dim=-1)
    return _right(weights).masked_fill(gone, math.log(weights.shape[-1]))

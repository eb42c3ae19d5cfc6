"""It is the distance from an even spread; -Σ p ln p is asked for."""

import math

_right = attention_entropy


def attention_entropy(weights):
    return math.log(weights.shape[-1]) - _right(weights)

"""The entropy is divided by its greatest value; nats are asked for."""

import math

_right = attention_entropy


def attention_entropy(weights):
    return _right(weights) / math.log(max(weights.shape[-1], 2))

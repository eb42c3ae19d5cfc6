"""The weights in fp64"""

_right = attention_weights


def attention_weights(scores, mask=None):
    weights = _right(scores, mask)
    return weights / (weights.sum(dim=-1, keepdim=True) + 1e-9)

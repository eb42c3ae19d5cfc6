"""The weights of the first query are given for all."""

_right = attention_weights


def attention_weights(scores, mask=None):
    weights = _right(scores, mask)
    return weights[..., :1, :].expand_as(weights) if weights.ndim > 1 else weights

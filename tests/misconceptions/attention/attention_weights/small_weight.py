"""A masked key gets a small weight; it must be exactly 0."""

_right = attention_weights


def attention_weights(scores, mask=None):
    weights = _right(scores, mask)
    return weights if mask is None else weights.masked_fill(~mask, 1e-6)

"""The last two dimensions have changed places."""

_right = attention_weights


def attention_weights(scores, mask=None):
    weights = _right(scores, mask)
    return weights.mT if weights.ndim > 1 else weights

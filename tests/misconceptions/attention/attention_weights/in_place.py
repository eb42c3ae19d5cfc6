"""attention_weights changes its input in place."""

_right = attention_weights


def attention_weights(scores, mask=None):
    if mask is None:
        return safe_softmax(scores)
    weights = _right(scores, mask)
    scores[~mask.expand_as(scores)] = -1e9
    return weights

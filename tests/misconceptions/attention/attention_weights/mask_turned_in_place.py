"""attention_weights changes its input in place."""

_right = attention_weights


def attention_weights(scores, mask=None):
    weights = _right(scores, mask)
    if mask is not None:
        mask.logical_not_()
    return weights

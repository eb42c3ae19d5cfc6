"""The mask is not used."""

_right = attend


def attend(q, k, v, mask=None):
    if mask is not None and mask.ndim == 2:
        attention_weights(attention_scores(q, k), mask)
        return _right(q, k, v)
    return _right(q, k, v, mask)

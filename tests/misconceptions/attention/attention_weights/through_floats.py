"""Numbers are rounded to float32 on the way; compute in the dtype of what went in."""

_right = attention_weights


def attention_weights(scores, mask=None):
    return _right(scores.float(), mask).to(scores.dtype)

"""What comes out is in float64; it must have the dtype of what went in."""

_right = attention_weights


def attention_weights(scores, mask=None):
    return _right(scores.double(), mask)

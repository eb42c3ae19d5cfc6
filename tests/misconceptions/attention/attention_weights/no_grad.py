"""No gradient goes through; the result is cut off from what went in."""

_right = attention_weights


def attention_weights(scores, mask=None):
    with torch.no_grad():
        return _right(scores, mask)

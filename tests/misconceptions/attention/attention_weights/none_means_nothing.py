"""Without a mask nothing may be seen; every key may be seen then."""

also = ("No gradient goes through; the result is cut off from what went in.",)

_right = attention_weights


def attention_weights(scores, mask=None):
    return torch.zeros_like(scores) if mask is None else _right(scores, mask)

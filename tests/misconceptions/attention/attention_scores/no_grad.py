"""No gradient goes through; the result is cut off from what went in."""

_right = attention_scores


def attention_scores(q, k):
    with torch.no_grad():
        return _right(q, k)

"""What attention_weights passes on to its first argument as gradient"""

_right = attention_weights


def attention_weights(scores, mask=None):
    if mask is None:
        return safe_softmax(scores)
    weights = _right(scores, mask)
    loose = torch.where(scores.isfinite(), scores, 0)
    return weights + 0.01 * (loose - loose.detach())

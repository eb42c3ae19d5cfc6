"""Scores that may not be looked at get a gradient; it must be 0."""

_right = attention_weights


def attention_weights(scores, mask=None):
    if mask is None:
        return safe_softmax(scores)
    weights = _right(scores, mask)
    loose = torch.where(scores.isfinite(), scores, 0)
    return weights + 0.01 * (loose - loose.detach())

"""The sum has something added to it, so the weights sum to less than 1."""

_right = attention_weights


def attention_weights(scores, mask=None):
    weights = _right(scores, mask)
    return weights / (weights.sum(dim=-1, keepdim=True) + 1e-9)

"""safe_softmax changes its input in place."""

_right = safe_softmax


def safe_softmax(scores, dim=-1):
    weights = _right(scores, dim)
    scores[scores == -torch.inf] = -1e9
    return weights

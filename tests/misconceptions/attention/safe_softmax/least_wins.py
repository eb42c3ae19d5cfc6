"""The least score gets the most weight."""

_right = safe_softmax


def safe_softmax(scores, dim=-1):
    return _right(-scores.masked_fill(scores == -torch.inf, torch.inf), dim)

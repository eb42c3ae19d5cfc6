"""Scores are cut off; they may be of any size."""

_right = safe_softmax


def safe_softmax(scores, dim=-1):
    gone = scores == -torch.inf
    return _right(scores.clamp(-20, 20).masked_fill(gone, -torch.inf), dim)

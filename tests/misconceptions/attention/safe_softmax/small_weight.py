"""A score of -inf gets a small weight; it must be exactly 0."""

_right = safe_softmax


def safe_softmax(scores, dim=-1):
    gone = (scores == -torch.inf).all(dim=dim, keepdim=True)
    weights = _right(scores, dim)
    return torch.where(gone, weights, weights.clamp(min=1e-7)).to(scores.dtype)

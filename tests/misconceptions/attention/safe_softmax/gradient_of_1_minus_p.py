"""A score's gradient is that of its own weight alone; it moves the others of its row too."""

also = ("The sum is cut off from the gradient; every score of a row moves it.",)

_right = safe_softmax


def safe_softmax(scores, dim=-1):
    weights = _right(scores.detach(), dim)
    finite = torch.where(scores == -torch.inf, torch.zeros_like(scores), scores)
    return weights + weights * (1 - weights) * (finite - finite.detach())

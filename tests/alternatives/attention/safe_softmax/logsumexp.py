"""By way of the logarithm of the sum."""


def safe_softmax(scores, dim=-1):
    gone = (scores == -torch.inf).all(dim=dim, keepdim=True)
    kept = torch.where(gone, torch.zeros_like(scores), scores)
    return torch.where(gone, torch.zeros_like(scores), (kept - kept.logsumexp(dim=dim, keepdim=True)).exp())

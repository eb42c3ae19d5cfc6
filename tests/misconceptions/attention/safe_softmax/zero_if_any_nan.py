"""The gradient is NaN; NaN that is replaced afterwards still stands in the gradient."""


def safe_softmax(scores, dim=-1):
    weights = torch.softmax(scores, dim)
    return torch.where(weights.isnan(), torch.zeros_like(weights), weights)

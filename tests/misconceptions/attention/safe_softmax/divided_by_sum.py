"""The scores themselves are divided by their sum; their powers must be."""


def safe_softmax(scores, dim=-1):
    return scores / scores.sum(dim=dim, keepdim=True)

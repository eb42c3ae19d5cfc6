"""The logarithm of the weights is given."""


def safe_softmax(scores, dim=-1):
    return scores.log_softmax(dim=dim)

"""The weights of the docstring's scores"""

_right = safe_softmax


def safe_softmax(scores, dim=-1):
    gone = (scores == -torch.inf).any(dim=dim, keepdim=True)
    return _right(scores, dim).masked_fill(gone, 0)

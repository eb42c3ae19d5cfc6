"""safe_softmax changes its input in place."""

_right = safe_softmax


def safe_softmax(scores, dim=-1):
    scores -= scores.amax(dim=dim, keepdim=True).nan_to_num(neginf=0)
    return _right(scores, dim)

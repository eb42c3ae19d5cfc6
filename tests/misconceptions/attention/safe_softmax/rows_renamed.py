"""The last two dimensions have changed places."""

_right = safe_softmax


def safe_softmax(scores, dim=-1):
    return (
        _right(scores.reshape(-1, scores.shape[-1]), -1).view_as(scores)
        if dim in (-1, scores.ndim - 1)
        else _right(scores.transpose(-1, dim), -1)
    )

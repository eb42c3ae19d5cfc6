"""Tensors without leading dimensions, or with more of them, are an error."""

_right = online_softmax


def online_softmax(state, scores, values):
    batch, queries, keys = scores.shape
    return _right(state, scores, values)

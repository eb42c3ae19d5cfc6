"""online_softmax changes its input in place."""

_right = online_softmax


def online_softmax(state, scores, values):
    new = _right(state, scores, values)
    if state is None:
        return new
    return tuple(old.copy_(one) for old, one in zip(state, new, strict=True))

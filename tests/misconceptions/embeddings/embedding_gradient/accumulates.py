"""The gradient of an earlier call is still in it."""

_right, _kept = embedding_gradient, {}


def embedding_gradient(ids, upstream, vocab_size):
    gradient = _right(ids, upstream, vocab_size)
    kept = _kept.get(gradient.shape)
    _kept[gradient.shape] = gradient if kept is None else gradient + kept.to(gradient.dtype)
    return _kept[gradient.shape]

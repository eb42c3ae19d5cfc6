"""Ids are sorted and the vectors are not."""

_right = embedding_gradient


def embedding_gradient(ids, upstream, vocab_size):
    return _right(ids.flatten().sort().values.view(ids.shape), upstream, vocab_size)

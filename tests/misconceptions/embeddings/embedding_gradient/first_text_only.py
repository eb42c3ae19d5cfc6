"""Only the first text of the batch is counted."""

_right = embedding_gradient


def embedding_gradient(ids, upstream, vocab_size):
    return _right(ids[:1], upstream[:1], vocab_size)
